/**
 * What keeping the IRQL costs per acquisition, as a range: counts of the run times the profile's figures with their brackets. Pure.
 */
import type { CatalogueFigure, CatalogueProfile, CostRange, SimulateResult } from 'irql-lens-server/protocol';

/** One line of the account. All in core cycles per acquisition. */
export interface CostLine {
  readonly name: string;
  /** How often per acquisition. */
  readonly count: number;
  readonly each: CostRange;
  readonly total: CostRange;
  /** Where the figure comes from. */
  readonly source: string;
}

function rangeOf(figure: CatalogueFigure): CostRange {
  return {
    low: figure.range?.[0] ?? figure.value,
    mid: figure.value,
    high: figure.range?.[1] ?? figure.value,
  };
}

function times(range: CostRange, count: number): CostRange {
  return { low: range.low * count, mid: range.mid * count, high: range.high * count };
}

function between(a: CostRange, b: CostRange): CostRange {
  return {
    low: Math.min(a.low, b.low),
    mid: (a.mid + b.mid) / 2,
    high: Math.max(a.high, b.high),
  };
}

/** Reads and writes of the IRQL per acquisition. Empty where the profile does not give the figures. */
export function irqlCosts(
  profile: CatalogueProfile,
  perAcquire: SimulateResult['perAcquire'],
): readonly CostLine[] {
  const find = (key: string) => profile.figures.find((figure) => figure.key === key);
  const read = find('readIrql');
  const raise = find('raiseWrite');
  const lower = find('lowerWrite');
  const lines: CostLine[] = [];
  if (read !== undefined) {
    const each = rangeOf(read);
    const count = perAcquire.irqlReads;
    lines.push({ name: 'Reads of the IRQL', count, each, total: times(each, count), source: read.source });
  }
  if (raise !== undefined && lower !== undefined) {
    const each = between(rangeOf(raise), rangeOf(lower));
    const count = perAcquire.irqlWrites;
    lines.push({ name: 'Raises and lowers', count, each, total: times(each, count), source: raise.source });
  }
  return lines;
}
