/**
 * The event queue: one pending event per CPU. The earliest is found by a scan up to 16 CPUs and by a winner tree above;
 * equal times go to the lower CPU, so that the order is total.
 */

const scanLimit = 16;

/** Mutable, one per run. */
export class EventTimes {
  readonly times: Float64Array;
  private readonly nCpus: number;
  private readonly size: number;
  private readonly winners: Int32Array;

  constructor(nCpus: number) {
    this.nCpus = nCpus;
    this.size = nCpus <= scanLimit ? 0 : 2 ** Math.ceil(Math.log2(nCpus));
    this.times = new Float64Array(Math.max(nCpus, this.size)).fill(Infinity);
    this.winners = new Int32Array(2 * this.size);
    for (let leaf = 0; leaf < this.size; leaf += 1) this.winners[this.size + leaf] = leaf;
    for (let node = this.size - 1; node >= 1; node -= 1) this.play(node);
  }

  set(cpu: number, time: number): void {
    if (this.times[cpu] === time) return;
    this.times[cpu] = time;
    if (this.size === 0) return;
    const { times, winners } = this;
    for (let node = (this.size + cpu) >> 1; node >= 1; node >>= 1) {
      const left = winners[2 * node]!;
      const right = winners[2 * node + 1]!;
      const winner = times[right]! < times[left]! ? right : left;
      // Where somebody else won before and wins again, nothing changes above.
      if (winner !== cpu && winner === winners[node]) return;
      winners[node] = winner;
    }
  }

  private play(node: number): void {
    const left = this.winners[2 * node]!;
    const right = this.winners[2 * node + 1]!;
    this.winners[node] = this.times[right]! < this.times[left]! ? right : left;
  }

  /** The CPU with the earliest event. */
  first(): number {
    if (this.size > 0) return this.winners[1]!;
    const { times, nCpus } = this;
    let best = 0;
    let least = times[0]!;
    for (let cpu = 1; cpu < nCpus; cpu += 1) {
      if (times[cpu]! < least) {
        least = times[cpu]!;
        best = cpu;
      }
    }
    return best;
  }
}
