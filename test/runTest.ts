// The journeys: the extension in a real VS Code. `npm run journeys [suite|ui] [part of a journey's name]`.
// suite runs inside the extension host (desktop VS Code or the server from npm), ui drives the window of the server.
import { installVscodeServer } from '../scripts/lib/install.mjs';
import { runSuite } from './journeys/runSuite.ts';
import { runUi } from './journeys/runUi.ts';
import { describeOutcome, finish, type Outcome } from './journeys/sums.ts';

const [which = 'all', filter] = process.argv.slice(2);
if (!['all', 'suite', 'ui'].includes(which)) {
  console.error('usage: npm run journeys [suite|ui] [part of a name]');
  process.exit(2);
}

async function attempt(name: string, run: () => Promise<readonly Outcome[]>): Promise<readonly Outcome[]> {
  try {
    return await run();
  } catch (error) {
    return [
      {
        title: name,
        seconds: 0,
        error: error instanceof Error ? (error.stack ?? error.message) : String(error),
      },
    ];
  }
}

installVscodeServer();
const outcomes: Outcome[] = [];
if (which !== 'ui') outcomes.push(...(await attempt('suite', runSuite)));
if (which !== 'suite') outcomes.push(...(await attempt('ui', () => runUi(filter))));
for (const outcome of outcomes) console.log(describeOutcome(outcome));
process.exit(finish(outcomes));
