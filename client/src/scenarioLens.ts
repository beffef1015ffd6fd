/**
 * A "run" lens on top of `*.irql-scenario.json` files.
 */
import * as vscode from 'vscode';

/** Registers the lens. */
export function registerScenarioLens(): vscode.Disposable {
  return vscode.languages.registerCodeLensProvider(
    { pattern: '**/*.irql-scenario.json' },
    {
      provideCodeLenses: (document) => [
        new vscode.CodeLens(new vscode.Range(0, 0, 0, 0), {
          title: '$(play) Run this scenario',
          command: 'irqlLens.runScenario',
          arguments: [document.uri],
        }),
      ],
    },
  );
}
