/** There is no set to show: none is known, and none can be had. */
export class TrendingUnavailableError extends Error {
  constructor(options: { cause?: unknown } = {}) {
    super('What trends is not known yet', options);
    this.name = TrendingUnavailableError.name;
  }
}

/** A replacement that looks like a mistake. `force` makes it all the same. */
export class TrendingRefusedError extends Error {
  constructor(
    readonly reason: 'empty' | 'shrunken',
    detail: string,
  ) {
    super(detail);
    this.name = TrendingRefusedError.name;
  }
}

/** Redis did not confirm a step of the replacement. What is current is whole, old or new. */
export class TrendingNotReplacedError extends Error {
  constructor(detail: string) {
    super(`What trends was not replaced: ${detail}`);
    this.name = TrendingNotReplacedError.name;
  }
}
