/**
 * Computes the findings of files and sends those that changed. Open documents come first; the rest follows in slices. It keeps
 * the findings of each file for code actions.
 */
import type { Diagnostic } from 'vscode-languageserver';
import type { FileUnit } from '../analysis/program.ts';
import { merelyAllowed } from '../features/merelyAllowed.ts';
import type { Snapshot } from '../features/snapshot.ts';
import { checkAcrossFunctions, checkFile, sortFindings, type RuleSettings } from '../rules/checkProgram.ts';
import { createQuietFunctions, type QuietFunctions } from '../rules/quietFunctions.ts';
import type { Finding } from '../rules/rule.ts';
import type { Log } from './guard.ts';
import { toDiagnostic, type ProtoContext } from './toProto.ts';

/** Sends the diagnostics of one document. */
export type Send = (uri: string, diagnostics: Diagnostic[]) => void;

/** The publisher of one server. */
export interface DiagnosticsPublisher {
  /** Checks and sends one file now. */
  readonly publish: (snapshot: Snapshot, file: FileUnit) => void;
  /** Whole-program findings, then the given files, one slice each; files that are gone are cleared. */
  readonly publishAll: (snapshot: Snapshot, files: readonly FileUnit[]) => Generator<void>;
  /** Findings of a file in this snapshot, from the cache where it is of the same snapshot. */
  readonly findingsOf: (snapshot: Snapshot, file: FileUnit) => readonly Finding[];
  /** `isMerelyAllowedShown`: also what merely may happen, as information */
  readonly setRules: (rules: RuleSettings, isMerelyAllowedShown: boolean) => void;
  readonly clear: (path: string) => void;
  /** All findings that were sent last. */
  readonly all: () => readonly Finding[];
}

interface Checked {
  readonly snapshot: Snapshot;
  readonly across: readonly Finding[];
  readonly findings: readonly Finding[];
  readonly isSent: boolean;
}

/** Makes one. */
export function createDiagnosticsPublisher(
  send: Send,
  context: (snapshot: Snapshot) => ProtoContext,
  log: Log,
): DiagnosticsPublisher {
  let rules: RuleSettings = { severities: {} };
  let isMerelyAllowedShown = false;
  /** whole-program findings, renewed by publishAll: an edit keeps the old ones for a moment */
  let across: readonly Finding[] = [];
  const checked = new Map<string, Checked>();
  const quiet = new Map<string, QuietFunctions>();
  const sent = new Map<string, string>();
  const said = new Set<string>();
  const check = (snapshot: Snapshot, file: FileUnit): readonly Finding[] => {
    const known = checked.get(file.path);
    if (known?.snapshot === snapshot && known.across === across) return known.findings;
    const silence = quiet.get(file.path) ?? createQuietFunctions();
    quiet.set(file.path, silence);
    const { program, analysis } = snapshot;
    const result = checkFile(program, analysis, file, rules, withinText(file, across), silence);
    const { problems } = result;
    const findings = isMerelyAllowedShown
      ? sortFindings([...result.findings, ...merelyAllowed(snapshot, file)])
      : result.findings;
    for (const problem of problems) {
      if (said.has(problem)) continue;
      said.add(problem);
      log(problem);
    }
    checked.set(file.path, { snapshot, across, findings, isSent: true });
    return findings;
  };
  const publish = (snapshot: Snapshot, file: FileUnit): void => {
    const proto = context(snapshot);
    const diagnostics = check(snapshot, file).map((finding) => toDiagnostic(proto, file, finding));
    const text = JSON.stringify(diagnostics);
    if ((sent.get(file.path) ?? '[]') === text) return;
    if (diagnostics.length === 0) sent.delete(file.path);
    else sent.set(file.path, text);
    send((proto.nameOf ?? proto.uriOf)(file.path), diagnostics);
  };
  const clear = (path: string, snapshot?: Snapshot): void => {
    checked.delete(path);
    quiet.delete(path);
    if (!sent.delete(path)) return;
    const proto = snapshot === undefined ? undefined : context(snapshot);
    send(proto === undefined ? path : (proto.nameOf ?? proto.uriOf)(path), []);
  };
  return {
    publish,
    *publishAll(snapshot, files) {
      const problems: string[] = [];
      across = checkAcrossFunctions(snapshot.program, snapshot.analysis, rules, problems);
      for (const problem of problems) log(problem);
      yield;
      for (const file of files) {
        publish(snapshot, file);
        yield;
      }
      for (const path of [...sent.keys()]) if (!snapshot.program.files.has(path)) clear(path, snapshot);
    },
    findingsOf: check,
    setRules(next, isShown) {
      rules = next;
      isMerelyAllowedShown = isShown;
      checked.clear();
      quiet.clear();
    },
    clear: (path) => clear(path),
    all: () => [...checked.values()].flatMap(({ findings }) => findings),
  };
}

/** Findings of an older snapshot may lie beyond the end of the text as it is now. */
function withinText(file: FileUnit, findings: readonly Finding[]): readonly Finding[] {
  return findings.filter((finding) => finding.file !== file.path || finding.range.end <= file.text.length);
}
