/**
 * The one source of chance: xorshift128 started from one seed by splitmix32. Every choice of a run flows through it,
 * so that the same seed gives the same run. Not for cryptography.
 */

/** A stream of numbers that depends on nothing but its seed. */
export class Rng {
  private x: number;
  private y: number;
  private z: number;
  private w: number;

  constructor(seed: number) {
    let state = seed | 0;
    const next = (): number => {
      state = (state + 0x9e3779b9) | 0;
      let t = state ^ (state >>> 16);
      t = Math.imul(t, 0x21f0aaad);
      t ^= t >>> 15;
      t = Math.imul(t, 0x735a2d97);
      return (t ^ (t >>> 15)) | 0;
    };
    this.x = next();
    this.y = next();
    this.z = next();
    this.w = next() | 1;
  }

  /** A whole number 0 .. 2^32-1. */
  uint32(): number {
    const t = this.x ^ (this.x << 11);
    this.x = this.y;
    this.y = this.z;
    this.z = this.w;
    this.w = this.w ^ (this.w >>> 19) ^ t ^ (t >>> 8);
    return this.w >>> 0;
  }

  /** A number in [0, 1). */
  unit(): number {
    return this.uint32() / 4294967296;
  }

  /** A whole number 0 .. bound-1; bound at most 2^21, so that the bias stays below 2^-11. */
  below(bound: number): number {
    return Math.floor(this.unit() * bound);
  }

  /**
   * Puts the `count` numbers from `base` on into a random order: place by place, each drawn from those that are left by `below`.
   * At most 65,535 of them. The state is kept in local variables, because spinners are shuffled by the million.
   */
  shuffle(list: Int16Array, base: number, count: number): void {
    let { x, y, z, w } = this;
    for (let at = 0; at < count; at += 1) {
      const t = x ^ (x << 11);
      x = y;
      y = z;
      z = w;
      w = w ^ (w >>> 19) ^ t ^ (t >>> 8);
      // floor(w * left / 2^32), in whole numbers: the same as `below(left)`.
      const left = count - at;
      const drawn = (Math.imul(w >>> 16, left) + (Math.imul(w & 0xffff, left) >>> 16)) >>> 16;
      const pick = base + at + drawn;
      const picked = list[pick]!;
      list[pick] = list[base + at]!;
      list[base + at] = picked;
    }
    this.x = x;
    this.y = y;
    this.z = z;
    this.w = w;
  }

  /** Exponentially distributed with this mean. */
  exponential(mean: number): number {
    return -mean * Math.log(1 - this.unit());
  }
}
