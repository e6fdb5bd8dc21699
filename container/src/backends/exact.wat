;; Scores of rows of float32 against one query. Eight sums hide the latency of an addition. Rows go
;; one after the other: two or four abreast would share the loads of the query, and are half as fast
;; (bench/search.ts), because their streams fall into the same sets of the cache.
;; `bytes` is the length of a row: a multiple of 128 (the host pads with zeros).
(module
  (import "host" "memory" (memory 1 65536 shared))

  ;; score[i] = Σ row[i]·query
  (func (export "innerProduct")
    (param $row i32) (param $count i32) (param $bytes i32) (param $query i32) (param $score i32)
    (local $q i32) (local $end i32)
    (local $a v128) (local $b v128) (local $c v128) (local $d v128) (local $e v128) (local $f v128) (local $g v128) (local $h v128)
    (local.set $end (i32.add (local.get $query) (local.get $bytes)))
    (block $done
      (loop $next
        (br_if $done (i32.eqz (local.get $count)))
        (local.set $a (v128.const i32x4 0 0 0 0))
        (local.set $b (local.get $a))
        (local.set $c (local.get $a))
        (local.set $d (local.get $a))
        (local.set $e (local.get $a))
        (local.set $f (local.get $a))
        (local.set $g (local.get $a))
        (local.set $h (local.get $a))
        (local.set $q (local.get $query))
        (loop $step
          (local.set $a (f32x4.add (local.get $a) (f32x4.mul (v128.load (local.get $row)) (v128.load (local.get $q)))))
          (local.set $b (f32x4.add (local.get $b) (f32x4.mul (v128.load offset=16 (local.get $row)) (v128.load offset=16 (local.get $q)))))
          (local.set $c (f32x4.add (local.get $c) (f32x4.mul (v128.load offset=32 (local.get $row)) (v128.load offset=32 (local.get $q)))))
          (local.set $d (f32x4.add (local.get $d) (f32x4.mul (v128.load offset=48 (local.get $row)) (v128.load offset=48 (local.get $q)))))
          (local.set $e (f32x4.add (local.get $e) (f32x4.mul (v128.load offset=64 (local.get $row)) (v128.load offset=64 (local.get $q)))))
          (local.set $f (f32x4.add (local.get $f) (f32x4.mul (v128.load offset=80 (local.get $row)) (v128.load offset=80 (local.get $q)))))
          (local.set $g (f32x4.add (local.get $g) (f32x4.mul (v128.load offset=96 (local.get $row)) (v128.load offset=96 (local.get $q)))))
          (local.set $h (f32x4.add (local.get $h) (f32x4.mul (v128.load offset=112 (local.get $row)) (v128.load offset=112 (local.get $q)))))
          (local.set $row (i32.add (local.get $row) (i32.const 128)))
          (br_if $step (i32.lt_u (local.tee $q (i32.add (local.get $q) (i32.const 128))) (local.get $end))))
        (f32.store (local.get $score) (call $sum
          (f32x4.add (f32x4.add (local.get $a) (local.get $b)) (f32x4.add (local.get $c) (local.get $d)))
          (f32x4.add (f32x4.add (local.get $e) (local.get $f)) (f32x4.add (local.get $g) (local.get $h)))))
        (local.set $score (i32.add (local.get $score) (i32.const 4)))
        (local.set $count (i32.sub (local.get $count) (i32.const 1)))
        (br $next))))

  ;; score[i] = Σ (row[i] − query)²
  (func (export "squaredDistance")
    (param $row i32) (param $count i32) (param $bytes i32) (param $query i32) (param $score i32)
    (local $q i32) (local $end i32) (local $v v128)
    (local $a v128) (local $b v128) (local $c v128) (local $d v128) (local $e v128) (local $f v128) (local $g v128) (local $h v128)
    (local.set $end (i32.add (local.get $query) (local.get $bytes)))
    (block $done
      (loop $next
        (br_if $done (i32.eqz (local.get $count)))
        (local.set $a (v128.const i32x4 0 0 0 0))
        (local.set $b (local.get $a))
        (local.set $c (local.get $a))
        (local.set $d (local.get $a))
        (local.set $e (local.get $a))
        (local.set $f (local.get $a))
        (local.set $g (local.get $a))
        (local.set $h (local.get $a))
        (local.set $q (local.get $query))
        (loop $step
          (local.set $v (f32x4.sub (v128.load (local.get $row)) (v128.load (local.get $q))))
          (local.set $a (f32x4.add (local.get $a) (f32x4.mul (local.get $v) (local.get $v))))
          (local.set $v (f32x4.sub (v128.load offset=16 (local.get $row)) (v128.load offset=16 (local.get $q))))
          (local.set $b (f32x4.add (local.get $b) (f32x4.mul (local.get $v) (local.get $v))))
          (local.set $v (f32x4.sub (v128.load offset=32 (local.get $row)) (v128.load offset=32 (local.get $q))))
          (local.set $c (f32x4.add (local.get $c) (f32x4.mul (local.get $v) (local.get $v))))
          (local.set $v (f32x4.sub (v128.load offset=48 (local.get $row)) (v128.load offset=48 (local.get $q))))
          (local.set $d (f32x4.add (local.get $d) (f32x4.mul (local.get $v) (local.get $v))))
          (local.set $v (f32x4.sub (v128.load offset=64 (local.get $row)) (v128.load offset=64 (local.get $q))))
          (local.set $e (f32x4.add (local.get $e) (f32x4.mul (local.get $v) (local.get $v))))
          (local.set $v (f32x4.sub (v128.load offset=80 (local.get $row)) (v128.load offset=80 (local.get $q))))
          (local.set $f (f32x4.add (local.get $f) (f32x4.mul (local.get $v) (local.get $v))))
          (local.set $v (f32x4.sub (v128.load offset=96 (local.get $row)) (v128.load offset=96 (local.get $q))))
          (local.set $g (f32x4.add (local.get $g) (f32x4.mul (local.get $v) (local.get $v))))
          (local.set $v (f32x4.sub (v128.load offset=112 (local.get $row)) (v128.load offset=112 (local.get $q))))
          (local.set $h (f32x4.add (local.get $h) (f32x4.mul (local.get $v) (local.get $v))))
          (local.set $row (i32.add (local.get $row) (i32.const 128)))
          (br_if $step (i32.lt_u (local.tee $q (i32.add (local.get $q) (i32.const 128))) (local.get $end))))
        (f32.store (local.get $score) (call $sum
          (f32x4.add (f32x4.add (local.get $a) (local.get $b)) (f32x4.add (local.get $c) (local.get $d)))
          (f32x4.add (f32x4.add (local.get $e) (local.get $f)) (f32x4.add (local.get $g) (local.get $h)))))
        (local.set $score (i32.add (local.get $score) (i32.const 4)))
        (local.set $count (i32.sub (local.get $count) (i32.const 1)))
        (br $next))))

  (func $sum (param $x v128) (param $y v128) (result f32)
    (local $v v128)
    (local.set $v (f32x4.add (local.get $x) (local.get $y)))
    (f32.add
      (f32.add (f32x4.extract_lane 0 (local.get $v)) (f32x4.extract_lane 1 (local.get $v)))
      (f32.add (f32x4.extract_lane 2 (local.get $v)) (f32x4.extract_lane 3 (local.get $v))))))
