/**
 * The HTML of a replay panel: one stylesheet, one script with a nonce, a policy that allows nothing else.
 * It holds no data; everything comes by messages.
 */
import * as vscode from 'vscode';

/** A nonce that cannot be guessed: 16 bytes from the system's generator, in hex. */
function makeNonce(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The folder that the page may load from. */
export function webviewRoot(extensionUri: vscode.Uri): vscode.Uri {
  return vscode.Uri.joinPath(extensionUri, 'client', 'dist', 'webview');
}

/** Makes the page for one webview. */
export function replayHtml(webview: vscode.Webview, extensionUri: vscode.Uri): string {
  const nonce = makeNonce();
  const uri = (file: string) =>
    webview.asWebviewUri(vscode.Uri.joinPath(webviewRoot(extensionUri), file)).toString();
  const policy = [
    `default-src 'none'`,
    `script-src 'nonce-${nonce}'`,
    `style-src ${webview.cspSource}`,
    `font-src ${webview.cspSource}`,
    `form-action 'none'`,
    `base-uri 'none'`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="${policy}" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <link rel="stylesheet" href="${uri('replay.css')}" />
    <title>IRQL Lens replay</title>
  </head>
  <body>
    <div id="app"><p class="waiting" role="status">The simulation is running.</p></div>
    <script nonce="${nonce}" src="${uri('replay.js')}"></script>
  </body>
</html>`;
}
