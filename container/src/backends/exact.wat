;; Scores of rows of float32 against one query. Four rows go abreast, so that a load of the query
;; serves four of the rows, and eight sums hide the latency of an addition.
;; `bytes` is the length of a row: a multiple of 32 (the host pads with zeros).
(module
  (import "host" "memory" (memory 1 65536 shared))

  ;; scores[i] = Σ row[i]·query
  (func (export "innerProduct")
    (param $rows i32) (param $count i32) (param $bytes i32) (param $query i32) (param $scores i32)
    (local $at i32) (local $p0 i32) (local $p1 i32) (local $p2 i32) (local $p3 i32)
    (local $a0 v128) (local $a1 v128) (local $a2 v128) (local $a3 v128)
    (local $b0 v128) (local $b1 v128) (local $b2 v128) (local $b3 v128) (local $q v128) (local $r v128)
    (block $done
      (loop $four
        (br_if $done (i32.le_s (local.get $count) (i32.const 0)))
        (local.set $p0 (local.get $rows))
        ;; The last group may be short: it scores its first row again instead of reading past the end.
        (local.set $p1 (select (i32.add (local.get $p0) (local.get $bytes)) (local.get $p0) (i32.gt_s (local.get $count) (i32.const 1))))
        (local.set $p2 (select (i32.add (local.get $p0) (i32.mul (local.get $bytes) (i32.const 2))) (local.get $p0) (i32.gt_s (local.get $count) (i32.const 2))))
        (local.set $p3 (select (i32.add (local.get $p0) (i32.mul (local.get $bytes) (i32.const 3))) (local.get $p0) (i32.gt_s (local.get $count) (i32.const 3))))
        (local.set $a0 (v128.const i32x4 0 0 0 0)) (local.set $b0 (local.get $a0))
        (local.set $a1 (local.get $a0)) (local.set $b1 (local.get $a0))
        (local.set $a2 (local.get $a0)) (local.set $b2 (local.get $a0))
        (local.set $a3 (local.get $a0)) (local.set $b3 (local.get $a0))
        (local.set $at (i32.const 0))
        (loop $eight
          (local.set $q (v128.load (i32.add (local.get $query) (local.get $at))))
          (local.set $r (v128.load offset=16 (i32.add (local.get $query) (local.get $at))))
          (local.set $a0 (f32x4.add (local.get $a0) (f32x4.mul (local.get $q) (v128.load (i32.add (local.get $p0) (local.get $at))))))
          (local.set $a1 (f32x4.add (local.get $a1) (f32x4.mul (local.get $q) (v128.load (i32.add (local.get $p1) (local.get $at))))))
          (local.set $a2 (f32x4.add (local.get $a2) (f32x4.mul (local.get $q) (v128.load (i32.add (local.get $p2) (local.get $at))))))
          (local.set $a3 (f32x4.add (local.get $a3) (f32x4.mul (local.get $q) (v128.load (i32.add (local.get $p3) (local.get $at))))))
          (local.set $b0 (f32x4.add (local.get $b0) (f32x4.mul (local.get $r) (v128.load offset=16 (i32.add (local.get $p0) (local.get $at))))))
          (local.set $b1 (f32x4.add (local.get $b1) (f32x4.mul (local.get $r) (v128.load offset=16 (i32.add (local.get $p1) (local.get $at))))))
          (local.set $b2 (f32x4.add (local.get $b2) (f32x4.mul (local.get $r) (v128.load offset=16 (i32.add (local.get $p2) (local.get $at))))))
          (local.set $b3 (f32x4.add (local.get $b3) (f32x4.mul (local.get $r) (v128.load offset=16 (i32.add (local.get $p3) (local.get $at))))))
          (br_if $eight (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 32))) (local.get $bytes))))
        (f32.store (local.get $scores) (call $sum (f32x4.add (local.get $a0) (local.get $b0))))
        (f32.store offset=4 (local.get $scores) (call $sum (f32x4.add (local.get $a1) (local.get $b1))))
        (f32.store offset=8 (local.get $scores) (call $sum (f32x4.add (local.get $a2) (local.get $b2))))
        (f32.store offset=12 (local.get $scores) (call $sum (f32x4.add (local.get $a3) (local.get $b3))))
        (local.set $rows (i32.add (local.get $rows) (i32.mul (local.get $bytes) (i32.const 4))))
        (local.set $scores (i32.add (local.get $scores) (i32.const 16)))
        (local.set $count (i32.sub (local.get $count) (i32.const 4)))
        (br $four))))

  ;; scores[i] = Σ (row[i] − query)²
  (func (export "squaredDistance")
    (param $rows i32) (param $count i32) (param $bytes i32) (param $query i32) (param $scores i32)
    (local $at i32) (local $a v128) (local $b v128) (local $d v128)
    (block $done
      (loop $row
        (br_if $done (i32.eqz (local.get $count)))
        (local.set $a (v128.const i32x4 0 0 0 0))
        (local.set $b (local.get $a))
        (local.set $at (i32.const 0))
        (loop $eight
          (local.set $d (f32x4.sub (v128.load (i32.add (local.get $rows) (local.get $at))) (v128.load (i32.add (local.get $query) (local.get $at)))))
          (local.set $a (f32x4.add (local.get $a) (f32x4.mul (local.get $d) (local.get $d))))
          (local.set $d (f32x4.sub (v128.load offset=16 (i32.add (local.get $rows) (local.get $at))) (v128.load offset=16 (i32.add (local.get $query) (local.get $at)))))
          (local.set $b (f32x4.add (local.get $b) (f32x4.mul (local.get $d) (local.get $d))))
          (br_if $eight (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 32))) (local.get $bytes))))
        (f32.store (local.get $scores) (call $sum (f32x4.add (local.get $a) (local.get $b))))
        (local.set $rows (i32.add (local.get $rows) (local.get $bytes)))
        (local.set $scores (i32.add (local.get $scores) (i32.const 4)))
        (local.set $count (i32.sub (local.get $count) (i32.const 1)))
        (br $row))))

  (func $sum (param $v v128) (result f32)
    (f32.add
      (f32.add (f32x4.extract_lane 0 (local.get $v)) (f32x4.extract_lane 1 (local.get $v)))
      (f32.add (f32x4.extract_lane 2 (local.get $v)) (f32x4.extract_lane 3 (local.get $v))))))
