/** Counts of lengths in buckets of 1.6 to 3.2 % width, so that quantiles of ten million values need little memory. */

const SUB = 64;

/** Mutable. Values are whole and not negative. */
export class Histogram {
  private readonly counts = new Float64Array(SUB * 50);
  count = 0;
  sum = 0;
  max = 0;
  private min = Infinity;

  add(value: number): void {
    this.count += 1;
    this.sum += value;
    if (value > this.max) this.max = value;
    if (value < this.min) this.min = value;
    this.counts[bucketOf(value)]! += 1;
  }

  mean(): number {
    return this.count === 0 ? 0 : this.sum / this.count;
  }

  /** The value below or at which the share `q` (0..1) of the values lies, to the bucket's width. */
  quantile(q: number): number {
    let left = Math.ceil(q * this.count);
    if (this.count === 0) return 0;
    for (let bucket = 0; bucket < this.counts.length; bucket += 1) {
      left -= this.counts[bucket]!;
      if (left <= 0) return Math.max(this.min, Math.min(this.max, valueOf(bucket)));
    }
    return this.max;
  }
}

function bucketOf(value: number): number {
  if (value < 0x7fffffff) {
    const whole = value | 0;
    if (whole < SUB) return whole;
    const power = 26 - Math.clz32(whole);
    return power * SUB + (whole >>> power) + SUB / 2;
  }
  const power = Math.floor(Math.log2(value)) - 5;
  return (power + 1) * SUB + Math.floor(value / 2 ** power) - SUB / 2;
}

/** The middle of the bucket. */
function valueOf(bucket: number): number {
  if (bucket < SUB) return bucket;
  const power = Math.floor(bucket / SUB) - 1;
  return ((bucket % SUB) + SUB / 2 + (power === 0 ? 0 : 0.5)) * 2 ** power;
}
