/**
 * One replay panel: the page, its engine worker, and the messages between them. Several may be open at once.
 * It runs what the page asks for and sends the answers; what they look like is the page's business.
 */
import {
  adjustScenario,
  checkToHost,
  packTrace,
  readSharedRun,
  type BuiltFrom,
  type Catalogue,
  type RunRequest,
  type Scenario,
  type ToHost,
  type ToPage,
  type Trace,
} from 'irql-lens-server/protocol';
import * as vscode from 'vscode';
import { connectEngine, RunCancelled, type Engine, type Ran, type StartEngine } from './engine.ts';
import { replayHtml, webviewRoot } from './replayHtml.ts';
import { findBundled, firstMode, plainRequest, type ReplaySource } from './replaySource.ts';
import { saveScenario, saveTrace } from './saveReplay.ts';
import { userOverrides } from './userFigures.ts';
import { makeLineMark, openLine, type LineMark, type ReplayPlace } from './sourceLines.ts';

/** What a panel needs from the extension. */
export interface PanelServices {
  readonly extensionUri: vscode.Uri;
  readonly startEngine: StartEngine;
  /** Opens another panel beside. */
  readonly open: (source: ReplaySource) => void;
  readonly log: (line: string) => void;
  /** Told where the replay's cursor stands in the source, for the ribbon; null: nowhere. */
  readonly onCursor: (place: ReplayPlace | null) => void;
  /** Builds a scenario from the source again; undefined where the source gives none any more, or nobody can tell. */
  readonly rebuild: (built: BuiltFrom) => Promise<Scenario | undefined>;
  /** The source, or what is known of it, has changed. */
  readonly onSourceChanged: vscode.Event<void>;
}

type Shown = Extract<ToPage, { type: 'show' }>;

/** What one panel remembers. */
interface Session {
  readonly panel: vscode.WebviewPanel;
  readonly services: PanelServices;
  readonly engine: Engine;
  readonly mark: LineMark;
  catalogue: Catalogue | null;
  scenario: Scenario | null;
  /** What the scenario was built of, if it was. */
  built: BuiltFrom | undefined;
  staleTimer: ReturnType<typeof setTimeout> | undefined;
  trace: Trace | null;
  /** Sent again when the page is made anew. */
  readonly shown: Map<'a' | 'b', Shown>;
  failure: string;
  isReady: boolean;
  /** The worker does one thing at a time; a second wish waits for the first. */
  work: Promise<void>;
}

function send(session: Session, message: ToPage): void {
  if (session.isReady) void session.panel.webview.postMessage(message);
}

function fail(session: Session, error: unknown): void {
  if (error instanceof RunCancelled) return send(session, { type: 'cancelled' });
  session.failure = error instanceof Error ? error.message : String(error);
  session.services.log(`replay: ${session.failure}`);
  send(session, { type: 'failed', message: session.failure });
}

/** Does one thing after the other; a failure is told and does not stop the next. */
function enqueue(session: Session, job: () => Promise<void>): Promise<void> {
  session.failure = '';
  session.work = session.work.then(job).catch((error: unknown) => fail(session, error));
  return session.work;
}

function show(
  session: Session,
  slot: 'a' | 'b',
  ran: Ran | { trace: unknown; result: null },
  request: RunRequest,
  origin: string | null,
): void {
  const packed = packTrace(ran.trace);
  if ('problem' in packed) throw new Error(`The trace cannot be shown: ${packed.problem}`);
  const { trace } = packed;
  if (slot === 'a') session.trace = ran.trace as Trace;
  const message: Shown = {
    type: 'show',
    slot,
    trace,
    result: ran.result,
    scenario: session.scenario,
    request,
    origin,
    ...(session.built === undefined ? {} : { built: session.built }),
  };
  session.shown.set(slot, message);
  if (slot === 'a') {
    session.panel.title = `Replay: ${trace.scenario.title}`;
    session.shown.delete('b');
  }
  send(session, message);
}

async function runOnce(session: Session, scenario: Scenario, request: RunRequest): Promise<Ran> {
  const changed = adjustScenario(scenario, request);
  const what = request.mode === 'explore' ? 'Exploring all interleavings' : 'Simulating';
  send(session, { type: 'progress', what, done: 0, of: 0 });
  const overrides = { ...userOverrides(scenario), ...request.overrides };
  return session.engine.run(request.mode, changed, overrides, (done, of) =>
    send(session, { type: 'progress', what, done, of }),
  );
}

/** The first run of a scenario: an exploration that finds nothing wrong gives way to a simulation, which has the costs. */
async function runFirst(session: Session, scenario: Scenario): Promise<void> {
  const mode = firstMode(scenario);
  const explored = await runOnce(session, scenario, { ...plainRequest, mode });
  const isDull = explored.result.outcome === 'completed' || explored.result.outcome === 'bounded';
  if (mode === 'explore' && isDull && scenario.runs !== 'explore')
    return show(session, 'a', await runOnce(session, scenario, plainRequest), plainRequest, null);
  show(session, 'a', explored, { ...plainRequest, mode }, null);
}

async function catalogueOf(session: Session): Promise<Catalogue> {
  session.catalogue ??= await session.engine.catalogue();
  return session.catalogue;
}

async function readTrace(origin: string): Promise<unknown> {
  const uri = vscode.Uri.parse(origin, true);
  const bytes = await vscode.workspace.fs.readFile(uri);
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as unknown;
  } catch {
    throw new Error(`${uri.path.split('/').at(-1) ?? origin} is no trace: it is not valid JSON.`);
  }
}

async function load(session: Session, source: ReplaySource): Promise<void> {
  if ('origin' in source) {
    const trace = source.trace ?? (await readTrace(source.origin));
    const id = (trace as { scenario?: { id?: unknown } } | null)?.scenario?.id;
    const catalogue = await catalogueOf(session);
    session.scenario = catalogue.scenarios.find((scenario) => scenario.id === id) ?? null;
    return show(session, 'a', { trace, result: null }, plainRequest, source.origin);
  }
  const scenario =
    'scenario' in source ? source.scenario : findBundled(await catalogueOf(session), source.scenarioId);
  session.scenario = scenario;
  session.built = 'built' in source ? source.built : undefined;
  if (source.request === undefined) return runFirst(session, scenario);
  show(session, 'a', await runOnce(session, scenario, source.request), source.request, null);
}

function needScenario(session: Session): Scenario {
  if (session.scenario === null)
    throw new Error(
      'This is a saved trace of a scenario that is not at hand: it can be replayed, not run again.',
    );
  return session.scenario;
}

async function sendCatalogue(session: Session): Promise<void> {
  send(session, { type: 'catalogue', catalogue: await catalogueOf(session) });
}

async function stepByHand(session: Session, request: RunRequest): Promise<void> {
  const scenario = adjustScenario(needScenario(session), request);
  const { trace, result, choices } = await session.engine.step(scenario, {
    ...userOverrides(scenario),
    ...request.overrides,
  });
  const packed = packTrace(trace);
  if ('problem' in packed) throw new Error(packed.problem);
  session.trace = trace;
  send(session, { type: 'stepped', trace: packed.trace, result, choices });
}

/** How long the source must be quiet before it is asked whether the scenario still stands. */
const QUIET_MS = 700;

/** Looks whether the source still gives this scenario, and tells the page. */
function checkSource(session: Session): void {
  clearTimeout(session.staleTimer);
  const { built } = session;
  if (built === undefined || !session.panel.visible) return;
  session.staleTimer = setTimeout(() => {
    void session.services.rebuild(built).then((scenario) => {
      const isStale = scenario !== undefined && !isSameScenario(scenario, session.scenario);
      send(session, { type: 'stale', isStale });
    });
  }, QUIET_MS);
}

/** Lines that have merely moved make no other scenario. */
function isSameScenario(a: Scenario, b: Scenario | null): boolean {
  const plain = (scenario: Scenario | null): string =>
    JSON.stringify(scenario, (key, value: unknown) => (key === 'at' ? undefined : value));
  return plain(a) === plain(b);
}

async function rebuild(session: Session): Promise<void> {
  const scenario = session.built === undefined ? undefined : await session.services.rebuild(session.built);
  if (scenario === undefined) throw new Error('The source gives no such scenario any more.');
  session.scenario = scenario;
  const request: RunRequest = { mode: 'explore', overrides: {} };
  show(session, 'a', await runOnce(session, scenario, request), request, null);
}

function openShared(session: Session, text: string): void {
  const read = readSharedRun(text);
  if ('problem' in read) return fail(session, new Error(`Nothing was opened: ${read.problem}.`));
  const { scenario, request } = read.run;
  session.services.open(
    typeof scenario === 'string' ? { scenarioId: scenario, request } : { scenario, request },
  );
}

function becomeReady(session: Session): void {
  session.isReady = true;
  for (const message of session.shown.values()) send(session, message);
  if (session.failure !== '') send(session, { type: 'failed', message: session.failure });
  if (session.catalogue !== null) void sendCatalogue(session);
  else void enqueue(session, () => sendCatalogue(session));
}

/** What stands behind the marked line: the level that the CPU has there at the replay's cursor. */
function levelText(session: Session, irql: number): string {
  const name = session.trace?.irqlNames[irql];
  return name === undefined ? '' : `replay: at ${name}`;
}

/** Does what the page asks for. */
function handle(session: Session, message: ToHost): void {
  switch (message.type) {
    case 'ready':
      return becomeReady(session);
    case 'run':
      void enqueue(session, async () => {
        const ran = await runOnce(session, needScenario(session), message.request);
        show(session, message.slot, ran, message.request, null);
      });
      return;
    case 'sweep':
      void enqueue(session, async () => {
        const scenario = adjustScenario(needScenario(session), message.request);
        const { axes, request, chart } = message;
        const overrides = { ...userOverrides(scenario), ...request.overrides };
        const result = await session.engine.sweep(scenario, overrides, axes, (done, of) =>
          send(session, { type: 'progress', what: 'Measuring', done, of }),
        );
        send(session, { type: 'swept', chart, result });
      });
      return;
    case 'step':
      void enqueue(session, () => stepByHand(session, message.request));
      return;
    case 'cancel':
      return session.engine.cancel();
    case 'openLocation':
      void openLine(message.file, message.line, message.column).catch((error: unknown) =>
        fail(session, error),
      );
      return;
    case 'cursorAt':
      session.mark.show(message.file, message.line, message.irql, levelText(session, message.irql));
      return;
    case 'rebuild':
      void enqueue(session, () => rebuild(session));
      return;
    case 'save':
      void save(session, message.what);
      return;
    case 'copy':
      void vscode.env.clipboard
        .writeText(message.text)
        .then(() => vscode.window.setStatusBarMessage(`IRQL Lens: ${message.what} copied`, 4000));
      return;
    case 'openShared':
      return openShared(session, message.text);
  }
}

async function save(session: Session, what: 'trace' | 'scenario' | 'perfetto'): Promise<void> {
  try {
    if (what === 'scenario') await saveScenario(needScenario(session));
    else if (session.trace !== null && what === 'trace') await saveTrace(session.trace);
    else await vscode.commands.executeCommand('irqlLens.exportTrace', session.trace);
  } catch (error) {
    fail(session, error);
  }
}

function receive(session: Session, value: unknown): void {
  const checked = checkToHost(value);
  if ('message' in checked) handle(session, checked.message);
  else session.services.log(`replay: a message of the page was refused: ${checked.problem}`);
}

/** An open panel. */
export interface ReplayPanel {
  readonly panel: vscode.WebviewPanel;
  /** Resolves when the run is on the page, rejects where it cannot be. */
  readonly shown: Promise<void>;
  /** The trace that is shown, for exports. */
  readonly trace: () => Trace | null;
}

/** Fills a webview panel (new or restored) with a replay. */
export function fillPanel(
  panel: vscode.WebviewPanel,
  source: ReplaySource,
  services: PanelServices,
): ReplayPanel {
  panel.webview.options = { enableScripts: true, localResourceRoots: [webviewRoot(services.extensionUri)] };
  const session: Session = {
    panel,
    services,
    engine: connectEngine(services.startEngine),
    mark: makeLineMark(services.onCursor),
    catalogue: null,
    scenario: null,
    built: undefined,
    staleTimer: undefined,
    trace: null,
    shown: new Map(),
    failure: '',
    isReady: false,
    work: Promise.resolve(),
  };
  panel.webview.onDidReceiveMessage((value: unknown) => receive(session, value));
  const listener = services.onSourceChanged(() => checkSource(session));
  panel.onDidChangeViewState(() => checkSource(session));
  panel.onDidDispose(() => {
    clearTimeout(session.staleTimer);
    listener.dispose();
    session.engine.dispose();
    session.mark.dispose();
  });
  panel.webview.html = replayHtml(panel.webview, services.extensionUri);
  const shown = enqueue(session, () => load(session, source)).then(() => {
    if (session.failure !== '') throw new Error(session.failure);
  });
  // Whoever does not wait for it has been told on the page.
  shown.catch(() => undefined);
  return { panel, shown, trace: () => session.trace };
}
