/**
 * What the platform's nginx must be told: it closes after 60 s and refuses
 * bodies above 1 MB. Files in `.platform/nginx/conf.d` land in its `http` block
 * (https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/platforms-linux-extend.proxy.html).
 */
export function nginxConfiguration({ timeoutSeconds, maxBodyMiB }: { readonly timeoutSeconds: number; readonly maxBodyMiB: number }): string {
  // One second more than the container has: its own 504 says more than nginx's.
  const patience = `${timeoutSeconds + 1}s`;
  return [
    `client_max_body_size ${maxBodyMiB}m;`,
    `client_body_timeout ${patience};`,
    // Below it a body stays in memory; photos are mostly smaller.
    "client_body_buffer_size 1m;",
    "proxy_connect_timeout 10s;",
    `proxy_send_timeout ${patience};`,
    `proxy_read_timeout ${patience};`,
    `send_timeout ${patience};`,
    "proxy_buffer_size 128k;",
    "proxy_buffers 4 256k;",
    "proxy_busy_buffers_size 256k;",
    "",
  ].join("\n");
}
