/** One invalid variable, and how to correct it. */
export interface ConfigurationFault {
  readonly variable: string;
  readonly message: string;
}

/** Thrown at startup with every fault of the environment. It leaves out the values, which may be secrets. */
export class ConfigurationError extends Error {
  constructor(readonly faults: readonly ConfigurationFault[]) {
    super(
      [
        `Invalid configuration: ${faults.length === 1 ? '1 variable needs' : `${faults.length} variables need`} correction:`,
        ...faults.map(({ variable, message }) => `  ${variable}: ${message}`),
        'Every variable is documented in .env.example.',
      ].join('\n'),
    );
    this.name = ConfigurationError.name;
  }
}
