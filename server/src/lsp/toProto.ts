/**
 * Features' plain data to LSP types: offsets become positions, paths become URIs, blocks become markdown. The only place for
 * it, together with fromProto.ts. It looks nothing up but line indexes.
 */
import {
  CodeActionKind,
  DiagnosticSeverity,
  InlayHintKind,
  MarkupKind,
  SymbolKind,
  type CallHierarchyItem,
  type CodeAction,
  type Diagnostic,
  type DiagnosticRelatedInformation,
  type Hover,
  type InlayHint,
  type Position,
  type Range,
  type WorkspaceEdit,
} from 'vscode-languageserver';
import type { WhyStep } from '../analysis/facts.ts';
import type { FileUnit, Program } from '../analysis/program.ts';
import type { CodeActionItem } from '../features/codeActions.ts';
import type { HierarchyItem } from '../features/callHierarchy.ts';
import type { ExplorerRow } from '../features/explorer.ts';
import type { HoverContent } from '../features/hover.ts';
import type { Hint } from '../features/inlayHints.ts';
import { linesOf } from '../features/snapshot.ts';
import type { ExplorerNode, Place } from '../protocol/requests.ts';
import type { Finding, Severity, TextEdit } from '../rules/rule.ts';
import type { TextRange } from '../syntax/fileStructure.ts';
import { isInside } from '../base/paths.ts';
import { uriOfPath } from './uris.ts';

/** What the conversions need: the program for line indexes, and how the client spells URIs. */
export interface ProtoContext {
  readonly program: Program;
  readonly uriOf: (path: string) => string;
  /** how a document is named where its diagnostics are sent; its URI by default */
  readonly nameOf?: (path: string) => string;
}

/** Pages of the rules, as the repository publishes them. */
const RULE_PAGES = 'https://github.com/irql-lens/irql-lens/blob/main/docs/rules';

const SEVERITIES: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
};

export function toPosition(file: FileUnit, offset: number): Position {
  const { line, column } = linesOf(file).positionAt(offset);
  return { line, character: column };
}

export function toRange(file: FileUnit, { start, end }: TextRange): Range {
  return { start: toPosition(file, start), end: toPosition(file, end) };
}

const NOWHERE: Range = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };

/** A place in any file of the program. */
export function toPlace(context: ProtoContext, path: string, range: TextRange): Place {
  const file = context.program.files.get(path);
  return { uri: context.uriOf(path), range: file === undefined ? NOWHERE : toRange(file, range) };
}

/** The address of a rule's page. */
export function rulePage(rule: string): string {
  return `${RULE_PAGES}/${rule}.md`;
}

export function toDiagnostic(context: ProtoContext, file: FileUnit, finding: Finding): Diagnostic {
  const related = finding.trace.map((step): DiagnosticRelatedInformation => ({
    location: toPlace(context, step.file, step.range),
    message: step.message,
  }));
  const suffix = finding.verdict === 'possible' ? ' (possible)' : '';
  const becomes =
    finding.bugCheck === undefined || finding.message.includes(finding.bugCheck)
      ? ''
      : ` [${finding.bugCheck}]`;
  return {
    range: toRange(file, finding.range),
    severity: SEVERITIES[finding.severity],
    source: 'irql-lens',
    code: finding.rule,
    codeDescription: { href: rulePage(finding.rule) },
    message: `${finding.message}${becomes}${suffix}`,
    ...(related.length === 0 ? {} : { relatedInformation: related }),
    ...(finding.rule === 'unused-suppression' ? { tags: [1] } : {}),
  };
}

export function toHover(context: ProtoContext, file: FileUnit, content: HoverContent): Hover {
  const blocks = content.blocks.map((block) =>
    block.kind === 'text' ? block.markdown : `**${block.title}**\n\n${stepsMarkdown(context, block.steps)}`,
  );
  return {
    contents: {
      kind: MarkupKind.Markdown,
      value: blocks.join('\n\n---\n\n').replace(/^(.*?)\n\n---\n\n/s, '$1\n\n'),
    },
    range: toRange(file, content.range),
  };
}

function stepsMarkdown(context: ProtoContext, steps: readonly WhyStep[]): string {
  return steps
    .map((step, i) => {
      const { uri, range } = toPlace(context, step.file, step.range);
      const name = step.file.slice(step.file.lastIndexOf('/') + 1);
      const line = range.start.line + 1;
      return `${String(i + 1)}. ${escapeMarkdown(step.message)} ([${name}:${String(line)}](${uri}#L${String(line)}))`;
    })
    .join('\n');
}

/** Names with underscores and stars are text, not emphasis. */
function escapeMarkdown(text: string): string {
  return text.replace(/[*`\\[\]<]/g, '\\$&');
}

export function toInlayHint(file: FileUnit, hint: Hint): InlayHint {
  return {
    position: toPosition(file, hint.offset),
    label: hint.label,
    kind: InlayHintKind.Type,
    tooltip: hint.tooltip,
    paddingLeft: hint.side === 'after',
    paddingRight: hint.side === 'before',
  };
}

/** The edits grouped by file; undefined where a file of them is not in the program. */
function toWorkspaceEdit(context: ProtoContext, edits: readonly TextEdit[]): WorkspaceEdit | undefined {
  const changes: Record<string, { range: Range; newText: string }[]> = {};
  for (const edit of edits) {
    const file = context.program.files.get(edit.file);
    if (file === undefined) return undefined;
    (changes[context.uriOf(edit.file)] ??= []).push({
      range: toRange(file, edit.range),
      newText: edit.newText,
    });
  }
  return { changes };
}

/** The kind that `editor.codeActionsOnSave` names. */
export const FIX_ALL_KIND = `${CodeActionKind.SourceFixAll}.irqlLens`;

const ACTION_KINDS: Readonly<Record<CodeActionItem['kind'], string>> = {
  quickfix: CodeActionKind.QuickFix,
  fixAll: CodeActionKind.QuickFix,
  sourceFixAll: FIX_ALL_KIND,
  refactor: CodeActionKind.RefactorRewrite,
};

export function toCodeAction(
  context: ProtoContext,
  file: FileUnit,
  item: CodeActionItem,
): CodeAction | undefined {
  const action: CodeAction = {
    title: item.title,
    kind: ACTION_KINDS[item.kind],
    ...(item.findings.length === 0
      ? {}
      : { diagnostics: item.findings.map((finding) => toDiagnostic(context, file, finding)) }),
    ...(item.isPreferred ? { isPreferred: true } : {}),
  };
  if (item.replay !== undefined) {
    const at = toPosition(file, item.replay.range.start);
    const argument = { uri: context.uriOf(file.path), position: at, rule: item.replay.rule };
    return {
      ...action,
      command: { title: item.title, command: 'irqlLens.runScenarioFromHere', arguments: [argument] },
    };
  }
  const edit = toWorkspaceEdit(context, item.edits);
  return edit === undefined ? undefined : { ...action, edit };
}

export function toHierarchyItem(context: ProtoContext, item: HierarchyItem): CallHierarchyItem {
  return {
    name: item.name,
    kind: SymbolKind.Function,
    detail: item.detail,
    uri: context.uriOf(item.file),
    range: toPlace(context, item.file, item.range).range,
    selectionRange: toPlace(context, item.file, item.nameRange).range,
  };
}

export function toExplorerNode(context: ProtoContext, row: ExplorerRow): ExplorerNode {
  const { place, children, ...rest } = row;
  return {
    ...rest,
    ...(place === undefined ? {} : { place: toPlace(context, place.file, place.range) }),
    children: children.map((child) => toExplorerNode(context, child)),
  };
}

/** The URI of a path relative to its workspace folder; absolute outside of them. */
export function relativeUri(folders: readonly string[], path: string): string {
  const folder = folders.find((one) => isInside(path, one));
  if (folder === undefined) return uriOfPath(path);
  return path.slice(folder.length).replace(/^\//, '').split('/').map(encodeURIComponent).join('/');
}
