/** One fault of one variable, with what would mend it. */
export interface ConfigurationFault {
  readonly variable: string;
  readonly message: string;
}

/** Thrown once, at start, with every fault of the environment. Values are left out: they may be secrets. */
export class ConfigurationError extends Error {
  constructor(readonly faults: readonly ConfigurationFault[]) {
    super(
      [
        `Configuration: ${faults.length === 1 ? '1 variable needs' : `${faults.length} variables need`} mending:`,
        ...faults.map(({ variable, message }) => `  ${variable}: ${message}`),
        'Each variable is described in .env.example.',
      ].join('\n'),
    );
    this.name = ConfigurationError.name;
  }
}
