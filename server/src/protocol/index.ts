/**
 * The one barrel of the house: all that client and webview may import from the server package.
 * It only passes on what the protocol's files define.
 */
export * from './catalogue.ts';
export * from './engineMessages.ts';
export * from './packedTrace.ts';
export * from './replayMessages.ts';
export * from './scenarioFormat.ts';
export * from './simulateResult.ts';
export * from './traceFormat.ts';
export * from './adjustScenario.ts';
export * from './sharedRun.ts';
export * from './requests.ts';
export * from './settings.ts';
export * from './perfetto.ts';
