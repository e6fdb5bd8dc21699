/* How fast this machine reads memory: the limit of an exhaustive search.
   usage: read-bandwidth <MiB> <threads> <passes>; prints the best pass in GB/s. */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

typedef uint64_t lane __attribute__((vector_size(64), aligned(64)));
static lane *data;
static size_t share; /* lanes of one thread */
static volatile uint64_t sink;
static pthread_barrier_t start, end;
static int passes;
static double began[64], ended[64]; /* of each thread: the barrier's own wake-up is not reading */

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec * 1e-9;
}

static void *reader(void *which) {
  const lane *from = data + (size_t)which * share;
  for (int pass = 0; pass < passes; pass++) {
    pthread_barrier_wait(&start);
    began[(size_t)which] = now();
    lane a = {0}, b = {0}, c = {0}, d = {0};
    for (size_t at = 0; at < share; at += 4) {
      a ^= from[at];
      b ^= from[at + 1];
      c ^= from[at + 2];
      d ^= from[at + 3];
    }
    lane all = a ^ b ^ c ^ d;
    sink += all[0] ^ all[1] ^ all[2] ^ all[3] ^ all[4] ^ all[5] ^ all[6] ^ all[7];
    ended[(size_t)which] = now();
    pthread_barrier_wait(&end);
  }
  return 0;
}

int main(int argc, char **argv) {
  size_t bytes = strtoull(argv[1], 0, 10) << 20;
  size_t threads = strtoull(argv[2], 0, 10);
  passes = atoi(argv[3]);
  data = aligned_alloc(1 << 21, bytes);
  for (size_t at = 0; at < bytes / 8; at++) ((uint64_t *)data)[at] = at;
  share = bytes / sizeof(lane) / threads & ~(size_t)3;
  pthread_barrier_init(&start, 0, threads + 1);
  pthread_barrier_init(&end, 0, threads + 1);
  for (size_t t = 0; t < threads; t++) {
    pthread_t id;
    pthread_create(&id, 0, reader, (void *)t);
  }
  double best = 1e9;
  for (int pass = 0; pass < passes; pass++) {
    pthread_barrier_wait(&start);
    pthread_barrier_wait(&end);
    double first = began[0], last = ended[0];
    for (size_t t = 1; t < threads; t++) {
      if (began[t] < first) first = began[t];
      if (ended[t] > last) last = ended[t];
    }
    if (last - first < best) best = last - first;
  }
  printf("%.2f\n", share * threads * sizeof(lane) / best / 1e9);
  return sink == 42 ? 1 : 0;
}
