import { describe, expect, it } from 'vitest';
import { firstView, hitTest, layOut, levelY } from '../../client/webview/model/layout.ts';
import { buildSpans } from '../../client/webview/model/spans.ts';
import {
  clampView,
  gridStep,
  panView,
  showTick,
  toPixel,
  toTick,
  wholeView,
  zoomView,
} from '../../client/webview/model/timeScale.ts';
import { abba, packed, selfLivelock } from './buildTrace.ts';

describe('layOut', () => {
  it('gives two CPUs and two locks their rows', () => {
    const trace = abba();
    const { lanes, locks, levels, height } = layOut(trace, buildSpans(trace), 400);
    expect({ lanes, locks, levels, height }).toMatchInlineSnapshot(`
      {
        "height": 362,
        "lanes": [
          {
            "cpu": 0,
            "height": 120,
            "top": 18,
          },
          {
            "cpu": 1,
            "height": 120,
            "top": 156,
          },
        ],
        "levels": [
          0,
          2,
        ],
        "locks": [
          {
            "height": 28,
            "lock": 0,
            "top": 294,
          },
          {
            "height": 28,
            "lock": 1,
            "top": 328,
          },
        ],
      }
    `);
  });

  it('puts higher levels higher, PASSIVE_LEVEL still above the floor', () => {
    const trace = selfLivelock();
    const layout = layOut(trace, buildSpans(trace), 300);
    const [lane] = layout.lanes;
    const [passive, dispatch] = [levelY(layout, lane!, 0), levelY(layout, lane!, 2)];
    expect(dispatch).toBeLessThan(passive);
    expect(passive).toBeLessThan(lane!.top + lane!.height);
    expect(dispatch).toBeGreaterThanOrEqual(lane!.top);
  });

  it('shrinks the lanes of many CPUs, but not below what can be read', () => {
    const contexts = Array.from({ length: 64 }, (_, cpu) => ({
      name: `T${cpu}`,
      kind: 'thread' as const,
      cpu,
      irql: 0,
    }));
    const busy = packed(
      contexts.map(({ cpu }) => [0, cpu, 'contextStart', cpu] as const),
      { cpus: 64, contexts, endTime: 10 },
    );
    const { lanes } = layOut(busy, buildSpans(busy), 500);
    expect(lanes[0]!.height).toBe(22);
    expect(lanes).toHaveLength(64);
  });

  it('gives a CPU that never does anything a thin lane', () => {
    const trace = { ...abba(), cpus: 3 };
    const { lanes } = layOut(trace, buildSpans(trace), 500);
    expect(lanes[2]!.height).toBe(20);
    expect(lanes[1]!.height).toBeGreaterThan(48);
  });

  it('tells what lies at a height', () => {
    const trace = abba();
    const layout = layOut(trace, buildSpans(trace), 400);
    expect(hitTest(layout, layout.lanes[1]!.top + 3)).toEqual({ cpu: 1 });
    expect(hitTest(layout, layout.locks[0]!.top + 3)).toEqual({ lock: 0 });
    expect(hitTest(layout, -5)).toBeNull();
  });

  it('begins with the way into the deadlock', () => {
    const view = firstView(abba());
    expect(view.start).toBeLessThanOrEqual(0);
    expect(view.end).toBeGreaterThan(2100);
  });
});

describe('time scale', () => {
  const view = { start: 1000, end: 3000 };

  it('converts both ways', () => {
    expect(toPixel(view, 500, 2000)).toBe(250);
    expect(toTick(view, 500, 250)).toBe(2000);
  });

  it('keeps the tick under the pointer where it is when zooming', () => {
    const next = zoomView(view, 100_000, 0.5, 1500);
    expect(toPixel(next, 500, 1500)).toBeCloseTo(toPixel(view, 500, 1500));
    expect(next.end - next.start).toBeCloseTo(1000);
  });

  it('never leaves the run nor goes closer than it may', () => {
    expect(panView(view, 10_000, -1e9).start).toBeLessThanOrEqual(0);
    expect(panView(view, 10_000, 1e9).end).toBeLessThanOrEqual(10_000 * 1.03);
    const close = zoomView(view, 10_000, 1e-9, 1500);
    expect(close.end - close.start).toBe(200);
    const wide = zoomView(view, 10_000, 1e9, 1500);
    expect(wide.end - wide.start).toBeLessThanOrEqual(10_500);
    expect(clampView(wholeView(10_000), 10_000)).toEqual(wholeView(10_000));
  });

  it('moves only as far as needed to show a tick', () => {
    expect(showTick(view, 100_000, 2000)).toBe(view);
    const moved = showTick(view, 100_000, 5000);
    expect(moved.end).toBeGreaterThan(5000);
    expect(moved.end - moved.start).toBeCloseTo(2000);
  });

  it('draws grid lines at 1, 2 or 5 times a power of ten', () => {
    expect(gridStep({ start: 0, end: 10_000 }, 1000, 90)).toBe(1000);
    expect(gridStep({ start: 0, end: 24_000 }, 1000, 90)).toBe(5000);
    expect(gridStep({ start: 0, end: 200 }, 1000, 90)).toBe(20);
  });
});
