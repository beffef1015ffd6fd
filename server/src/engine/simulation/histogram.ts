/** Counts of lengths in buckets of about 1.5 % width, so that quantiles of ten million values need little memory. */

const SUB = 64;

/** Mutable. Values are whole and not negative. */
export class Histogram {
  private readonly counts = new Float64Array(SUB * 50);
  count = 0;
  sum = 0;
  max = 0;

  add(value: number): void {
    this.count += 1;
    this.sum += value;
    if (value > this.max) this.max = value;
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
      if (left <= 0) return Math.min(this.max, valueOf(bucket));
    }
    return this.max;
  }
}

function bucketOf(value: number): number {
  if (value < SUB) return Math.round(value);
  const power = Math.floor(Math.log2(value)) - 5;
  return (power + 1) * SUB + Math.floor(value / 2 ** power) - SUB / 2;
}

function valueOf(bucket: number): number {
  if (bucket < SUB) return bucket;
  const power = Math.floor(bucket / SUB) - 1;
  return ((bucket % SUB) + SUB / 2) * 2 ** power;
}
