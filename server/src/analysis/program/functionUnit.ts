/**
 * One function definition of a snapshot, and the record behind it that outlives snapshots: parsed body and index of function uses.
 * Records are shared as long as the function's tokens and macro environment are the same; parsed bodies may be dropped and made again.
 */
import type { FunctionDefinition } from '../../syntax/fileStructure.ts';
import type { BodyIr } from '../../syntax/ir.ts';
import type { FileUnit, FunctionId, FunctionUnit, SourcedAnnotation } from '../program.ts';
import type { FunctionUse } from './bodyIndex.ts';

/** What is kept of a function across snapshots. */
export interface FunctionRecord {
  readonly stamp: number;
  /** the parsed body, with the place that its offsets were made for */
  parsed: { readonly ir: BodyIr; readonly start: number; readonly layoutHash: number } | undefined;
  uses: readonly FunctionUse[] | undefined;
}

/** Keeps parsed bodies up to a number of nodes; the oldest go first. */
export interface BodyCache {
  bodyOf(record: FunctionRecord, head: FunctionDefinition, parse: () => BodyIr): BodyIr;
}

/** A cache for about `maxNodes` IR nodes (some 30 bytes each). */
export function createBodyCache(maxNodes: number): BodyCache {
  const kept = new Map<FunctionRecord, number>();
  let nodes = 0;
  const keep = (record: FunctionRecord, count: number): void => {
    nodes += count - (kept.get(record) ?? 0);
    kept.delete(record);
    kept.set(record, count);
    for (const [oldest, size] of kept) {
      if (nodes <= maxNodes || oldest === record) break;
      oldest.parsed = undefined;
      kept.delete(oldest);
      nodes -= size;
    }
  };
  return {
    bodyOf(record, head, parse) {
      const { parsed } = record;
      if (parsed !== undefined && parsed.layoutHash === head.layoutHash) {
        if (parsed.start === head.start) return parsed.ir;
        const ir = shiftBody(parsed.ir, head.start - parsed.start);
        record.parsed = { ir, start: head.start, layoutHash: head.layoutHash };
        return ir;
      }
      const ir = parse();
      record.parsed = { ir, start: head.start, layoutHash: head.layoutHash };
      keep(record, ir.nodeCount);
      return ir;
    },
  };
}

/** The same body some characters further on. */
function shiftBody(ir: BodyIr, delta: number): BodyIr {
  return {
    ...ir,
    start: ir.start.map((offset) => offset + delta),
    end: ir.end.map((offset) => offset + delta),
    recoveries: ir.recoveries.map(({ offset, reason }) => ({ offset: offset + delta, reason })),
  };
}

/** What a unit asks of the snapshot when it is read lazily. */
export interface UnitSource {
  parseBody(unit: HostedFunction): BodyIr;
  annotationsOf(unit: HostedFunction): readonly SourcedAnnotation[];
  /** false once a file that one of them stands in was read again: its declarations may have moved */
  areCurrent(annotations: readonly SourcedAnnotation[]): boolean;
}

/** The function units that the host hands out. */
export class HostedFunction implements FunctionUnit {
  readonly id: FunctionId;
  readonly name: string;
  readonly file: FileUnit;
  readonly head: FunctionDefinition;
  readonly record: FunctionRecord;
  readonly #source: UnitSource;
  #annotations: readonly SourcedAnnotation[] | undefined;

  constructor(
    id: FunctionId,
    name: string,
    file: FileUnit,
    head: FunctionDefinition,
    record: FunctionRecord,
    source: UnitSource,
  ) {
    this.id = id;
    this.name = name;
    this.file = file;
    this.head = head;
    this.record = record;
    this.#source = source;
  }

  get qualifiedName(): string {
    return this.head.scope === '' ? this.name : `${this.head.scope}::${this.name}`;
  }

  get stamp(): number {
    return this.record.stamp;
  }

  get annotations(): readonly SourcedAnnotation[] {
    const known = this.#annotations;
    if (known !== undefined && this.#source.areCurrent(known)) return known;
    const annotations = this.#source.annotationsOf(this);
    this.#annotations = annotations;
    return annotations;
  }

  ir(): BodyIr {
    return this.#source.parseBody(this);
  }
}
