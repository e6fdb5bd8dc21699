;; The two passes of an antialiased resampling in 8 bits, in the fixed-point arithmetic of Pillow
;; (https://github.com/python-pillow/Pillow/blob/main/src/libImaging/Resample.c): weights of 22
;; fractional bits, a rounding half added, the sum shifted down and clipped to a byte.
(module
  (import "host" "memory" (memory 1))

  ;; One row from `source` (`channels` bytes a pixel, 3 or 4) to `count` pixels of 4 bytes at `target`.
  ;; `bounds` holds for each of them the first source pixel and the bytes of its weights, `weights`
  ;; `stride` bytes of weights each: for every four taps their low 12 bits, then what is above, as
  ;; 16-bit numbers. Two products of 16 bits are summed in one instruction where one of 32 takes
  ;; two; low and high sums together are the very sum of the whole weights. Reads up to 16 bytes past the row.
  ;; With 3 channels the fourth byte is of no meaning.
  (func (export "horizontal")
    (param $source i32) (param $channels i32) (param $target i32) (param $count i32)
    (param $bounds i32) (param $weights i32) (param $stride i32)
    (local $low v128) (local $high v128) (local $bytes v128) (local $one v128) (local $two v128) (local $first v128) (local $second v128)
    (local $from i32) (local $weight i32) (local $end i32) (local $last i32) (local $step i32)
    ;; Byte k of a pixel beside byte k of the next, each as 16 bits: 255 takes a zero.
    (if (i32.eq (local.get $channels) (i32.const 3))
      (then
        (local.set $first (v128.const i8x16 0 255 3 255 1 255 4 255 2 255 5 255 255 255 255 255))
        (local.set $second (v128.const i8x16 6 255 9 255 7 255 10 255 8 255 11 255 255 255 255 255)))
      (else
        (local.set $first (v128.const i8x16 0 255 4 255 1 255 5 255 2 255 6 255 3 255 7 255))
        (local.set $second (v128.const i8x16 8 255 12 255 9 255 13 255 10 255 14 255 11 255 15 255))))
    (local.set $step (i32.shl (local.get $channels) (i32.const 2)))
    (local.set $last (i32.add (local.get $target) (i32.shl (local.get $count) (i32.const 2))))
    (block $done
      (loop $pixel
        (br_if $done (i32.ge_u (local.get $target) (local.get $last)))
        (local.set $from (i32.add (local.get $source) (i32.mul (i32.load (local.get $bounds)) (local.get $channels))))
        (local.set $weight (local.get $weights))
        (local.set $end (i32.add (local.get $weight) (i32.load offset=4 (local.get $bounds))))
        (local.set $low (i32x4.splat (i32.const 0x200000)))
        (local.set $high (v128.const i32x4 0 0 0 0))
        (loop $taps
          (local.set $bytes (v128.load (local.get $from)))
          (local.set $one (i8x16.swizzle (local.get $bytes) (local.get $first)))
          (local.set $two (i8x16.swizzle (local.get $bytes) (local.get $second)))
          (local.set $low (i32x4.add (local.get $low) (i32x4.add
            (i32x4.dot_i16x8_s (local.get $one) (v128.load32_splat (local.get $weight)))
            (i32x4.dot_i16x8_s (local.get $two) (v128.load32_splat offset=4 (local.get $weight))))))
          (local.set $high (i32x4.add (local.get $high) (i32x4.add
            (i32x4.dot_i16x8_s (local.get $one) (v128.load32_splat offset=8 (local.get $weight)))
            (i32x4.dot_i16x8_s (local.get $two) (v128.load32_splat offset=12 (local.get $weight))))))
          (local.set $from (i32.add (local.get $from) (local.get $step)))
          (br_if $taps (i32.lt_u (local.tee $weight (i32.add (local.get $weight) (i32.const 16))) (local.get $end))))
        (local.set $low (i32x4.shr_s (i32x4.add (local.get $low) (i32x4.shl (local.get $high) (i32.const 12))) (i32.const 22)))
        (local.set $low (i16x8.narrow_i32x4_s (local.get $low) (local.get $low)))
        (v128.store32_lane 0 (local.get $target) (i8x16.narrow_i16x8_u (local.get $low) (local.get $low)))
        (local.set $target (i32.add (local.get $target) (i32.const 4)))
        (local.set $bounds (i32.add (local.get $bounds) (i32.const 8)))
        (local.set $weights (i32.add (local.get $weights) (local.get $stride)))
        (br $pixel))))

  ;; One row of `width` bytes (a multiple of 16) at `target`, out of `taps` rows from `source` on,
  ;; each `width` bytes, weighed by as many weights.
  (func (export "vertical")
    (param $source i32) (param $target i32) (param $width i32) (param $weights i32) (param $taps i32)
    (local $a v128) (local $b v128) (local $c v128) (local $d v128) (local $bytes v128) (local $low v128) (local $high v128) (local $w v128)
    (local $from i32) (local $weight i32) (local $end i32) (local $last i32)
    (local.set $last (i32.add (local.get $target) (local.get $width)))
    (local.set $end (i32.add (local.get $weights) (i32.shl (local.get $taps) (i32.const 2))))
    (loop $column
      (local.set $from (local.get $source))
      (local.set $weight (local.get $weights))
      (local.set $a (i32x4.splat (i32.const 0x200000)))
      (local.set $b (local.get $a))
      (local.set $c (local.get $a))
      (local.set $d (local.get $a))
      (loop $tap
        (local.set $bytes (v128.load (local.get $from)))
        (local.set $w (v128.load32_splat (local.get $weight)))
        (local.set $low (i16x8.extend_low_i8x16_u (local.get $bytes)))
        (local.set $high (i16x8.extend_high_i8x16_u (local.get $bytes)))
        (local.set $a (i32x4.add (local.get $a) (i32x4.mul (i32x4.extend_low_i16x8_u (local.get $low)) (local.get $w))))
        (local.set $b (i32x4.add (local.get $b) (i32x4.mul (i32x4.extend_high_i16x8_u (local.get $low)) (local.get $w))))
        (local.set $c (i32x4.add (local.get $c) (i32x4.mul (i32x4.extend_low_i16x8_u (local.get $high)) (local.get $w))))
        (local.set $d (i32x4.add (local.get $d) (i32x4.mul (i32x4.extend_high_i16x8_u (local.get $high)) (local.get $w))))
        (local.set $from (i32.add (local.get $from) (local.get $width)))
        (br_if $tap (i32.lt_u (local.tee $weight (i32.add (local.get $weight) (i32.const 4))) (local.get $end))))
      (v128.store (local.get $target) (i8x16.narrow_i16x8_u
        (i16x8.narrow_i32x4_s (i32x4.shr_s (local.get $a) (i32.const 22)) (i32x4.shr_s (local.get $b) (i32.const 22)))
        (i16x8.narrow_i32x4_s (i32x4.shr_s (local.get $c) (i32.const 22)) (i32x4.shr_s (local.get $d) (i32.const 22)))))
      (local.set $source (i32.add (local.get $source) (i32.const 16)))
      (br_if $column (i32.lt_u (local.tee $target (i32.add (local.get $target) (i32.const 16))) (local.get $last))))))
