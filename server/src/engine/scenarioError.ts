/** The one error that bad scenarios and options lead to. Its message is for the user. */

/** Thrown where a scenario or an option names something that does not exist or makes no sense. */
export class ScenarioError extends Error {
  /** The faulty value, as `threads.0.body.2.lock`; undefined where the fault is not in the scenario. */
  readonly path: string | undefined;

  /** `path` goes before the message. */
  constructor(message: string, path?: string) {
    super(path === undefined ? message : `${path}: ${message}`);
    this.name = 'ScenarioError';
    this.path = path;
  }
}
