/**
 * The link behind a diagnostic's rule opens the page that is packed with the extension: it is there offline, and it is of
 * this very version. The server, which does not know where the extension lies, names the page in the repository.
 */
import * as vscode from 'vscode';
import type { Middleware } from 'vscode-languageclient';

const PAGE = /docs\/rules\/[a-z0-9-]+\.md$/;

/** Turns links to rule pages into links to the packed pages; every other link stays as it is. */
export function linkToPackedPages(extension: vscode.Uri): Middleware {
  return {
    handleDiagnostics: (uri, diagnostics, next) => {
      for (const diagnostic of diagnostics) {
        const { code } = diagnostic;
        if (typeof code !== 'object') continue;
        const page = PAGE.exec(code.target.path)?.[0];
        if (page !== undefined)
          diagnostic.code = { value: code.value, target: vscode.Uri.joinPath(extension, page) };
      }
      next(uri, diagnostics);
    },
  };
}
