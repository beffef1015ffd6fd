/**
 * Numbers as people read them: cycles with their time in ns, µs, ms or s, ranges, shares. Pure.
 * No locale: digits are grouped by a thin space, as in the rest of the product.
 */
import { ticksPerCycle } from 'irql-lens-server/protocol';

/** 1 234 567, with thin spaces; fractions are dropped from 100 on. */
export function grouped(value: number): string {
  const rounded = Math.abs(value) >= 100 ? Math.round(value) : Math.round(value * 10) / 10;
  const [whole = '0', fraction] = String(Math.abs(rounded)).split('.');
  const digits = whole.replace(/\B(?=(\d{3})+(?!\d))/g, '\u2009');
  return `${rounded < 0 ? '-' : ''}${digits}${fraction === undefined ? '' : `.${fraction}`}`;
}

/** Whole cycles of a tick, grouped. */
export function cyclesText(ticks: number): string {
  return grouped(Math.round(ticks / ticksPerCycle));
}

/** 1.2k, 3.4M: for axes and narrow places. */
export function shortNumber(value: number): string {
  const size = Math.abs(value);
  const [divisor, unit] =
    size >= 1e9 ? [1e9, 'G'] : size >= 1e6 ? [1e6, 'M'] : size >= 1e4 ? [1e3, 'k'] : [1, ''];
  const scaled = value / divisor;
  const digits = unit === '' || Math.abs(scaled) >= 100 ? 0 : Math.abs(scaled) >= 10 ? 1 : 2;
  const text =
    unit === ''
      ? grouped(Math.round(scaled * 10) / 10)
      : scaled
          .toFixed(digits)
          .replace(/(\.\d*?)0+$/, '$1')
          .replace(/\.$/, '');
  return `${text}${unit}`;
}

/** Ticks as a time of the profile's clock: 512 ns, 1.28 µs, 20.0 s. */
export function timeText(ticks: number, clockGHz: number): string {
  const ns = ticks / ticksPerCycle / clockGHz;
  const [divisor, unit] =
    ns >= 1e9 ? [1e9, 's'] : ns >= 1e6 ? [1e6, 'ms'] : ns >= 1e3 ? [1e3, 'µs'] : [1, 'ns'];
  const value = ns / divisor;
  return `${value >= 100 || unit === 'ns' ? value.toFixed(0) : value.toPrecision(3)} ${unit}`;
}

/** `95-310`, or one number where both ends round to the same. */
export function rangeText(low: number, high: number): string {
  const from = grouped(Math.round(low));
  const to = grouped(Math.round(high));
  return from === to ? from : `${from}\u2013${to}`;
}

/** Share in per cent, `<1 %` where it is little but not nothing. */
export function percentText(share: number): string {
  if (share > 0 && share < 0.01) return '<1 %';
  return `${Math.round(share * 100)} %`;
}
