// Finds a Chromium to drive the journeys with, or installs one where the system's package manager may be used.
// It downloads no browser by itself.
import { existsSync } from 'node:fs';
import { findOnPath, runSync } from './run.mjs';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome', 'msedge'];

function wellKnownPlaces() {
  const { PROGRAMFILES = 'C:\\Program Files', LOCALAPPDATA = '' } = process.env;
  const x86 = process.env['PROGRAMFILES(X86)'] ?? 'C:\\Program Files (x86)';
  return process.platform === 'win32'
    ? [
        `${PROGRAMFILES}\\Google\\Chrome\\Application\\chrome.exe`,
        `${LOCALAPPDATA}\\Google\\Chrome\\Application\\chrome.exe`,
        `${x86}\\Microsoft\\Edge\\Application\\msedge.exe`,
        `${PROGRAMFILES}\\Microsoft\\Edge\\Application\\msedge.exe`,
      ]
    : [
        '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
        '/Applications/Chromium.app/Contents/MacOS/Chromium',
        '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
      ];
}

/** The executable of a Chromium, Chrome or Edge on this machine, or undefined. CHROMIUM in the environment wins. */
export function findChromium() {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
  return findOnPath(names) ?? wellKnownPlaces().find((file) => existsSync(file));
}

function aptInstall() {
  if (process.platform !== 'linux' || findOnPath(['apt-get']) === undefined) return;
  const isRoot = process.getuid?.() === 0;
  if (!isRoot && findOnPath(['sudo']) === undefined) return;
  const apt = (args) => {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const options = { env, stdio: ['ignore', 'ignore', 'inherit'] };
    return isRoot ? runSync('apt-get', args, options) : runSync('sudo', ['-n', 'apt-get', ...args], options);
  };
  console.log('installing Chromium with apt-get ...');
  apt(['-qq', 'update']);
  apt(['-qq', 'install', '-y', '--no-install-recommends', 'chromium', 'fonts-dejavu-core']);
}

/** The executable of a browser to drive; installs Chromium with apt-get where it may, and says what to do where not. */
export function ensureChromium() {
  if (findChromium() === undefined) aptInstall();
  const found = findChromium();
  if (found !== undefined) return found;
  throw new Error(
    'No Chromium, Chrome or Edge was found: install one, or name it in the environment variable CHROMIUM.',
  );
}
