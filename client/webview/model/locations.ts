/**
 * Between events and source lines, both ways. Pure.
 */
import type { PackedTrace, TraceLocation } from 'irql-lens-server/protocol';

/** The source line at the cursor: of its event or, where that has none, of the same context's last event that has one. */
export function locationAtCursor(trace: PackedTrace, row: number): TraceLocation | null {
  const { events, locations } = trace;
  const context = events.context[row];
  // A bounded look back: the line of long ago says nothing about now.
  for (let at = row; at >= 0 && at > row - 64; at--) {
    if (events.context[at] !== context) continue;
    const location = locations[events.location[at]!];
    if (location !== undefined) return location;
  }
  return null;
}

function isSameFile(one: string, other: string): boolean {
  const plain = (file: string) =>
    file
      .replace(/\\/g, '/')
      .replace(/^file:\/\//, '')
      .toLowerCase();
  const a = plain(one);
  const b = plain(other);
  return a === b || a.endsWith(`/${b}`) || b.endsWith(`/${a}`);
}

/** The next event after `row` that comes from this line, else the first one; -1 where there is none. */
export function rowOfLine(trace: PackedTrace, file: string, line: number, row: number): number {
  const wanted = new Set<number>();
  trace.locations.forEach((location, at) => {
    if (location.line === line && isSameFile(location.file, file)) wanted.add(at);
  });
  if (wanted.size === 0) return -1;
  const { location } = trace.events;
  const after = location.findIndex((at, index) => index > row && wanted.has(at));
  return after >= 0 ? after : location.findIndex((at) => wanted.has(at));
}
