/** The one error that bad scenarios and options lead to. Its message is for the user. */

/** Thrown where a scenario or an option names something that does not exist or makes no sense. */
export class ScenarioError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ScenarioError';
  }
}
