/**
 * Cycle counts as short text. It knows no locks.
 */
import type { CostRange } from '../protocol/simulateResult.ts';

/** 95 -> `95`, 1432 -> `1.4k`, 23100 -> `23k`, 4.2e6 -> `4.2M`. */
function shortCycles(cycles: number): string {
  if (cycles < 1000) return String(Math.round(cycles));
  const isKilo = cycles < 1e6;
  const scaled = cycles / (isKilo ? 1e3 : 1e6);
  return `${scaled < 10 ? scaled.toFixed(1).replace(/\.0$/, '') : String(Math.round(scaled))}${isKilo ? 'k' : 'M'}`;
}

/** `95-310`, `1.4-2.1k`, `900-1.2k`; one number where both ends read the same. */
export function rangeWords({ low, high }: CostRange): string {
  const [from, to] = [shortCycles(low), shortCycles(high)];
  if (from === to) return from;
  const unit = to.at(-1) ?? '';
  return /[kM]/.test(unit) && from.endsWith(unit) ? `${from.slice(0, -1)}-${to}` : `${from}-${to}`;
}
