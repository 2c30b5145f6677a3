// Reads one JSON value as what it should be, or says where in the document it is not.

export class Checker {
  readonly #path: string;
  readonly #value: unknown;

  constructor(path: string, value: unknown) {
    this.#path = path;
    this.#value = value;
  }

  get absent(): boolean {
    return this.#value === undefined;
  }

  field(name: string): Checker {
    return new Checker(`${this.#path}.${name}`, this.#object()[name]);
  }

  /** The named fields of an object that may have no others. */
  fields<const T extends string>(...names: T[]): Record<T, Checker> {
    const unknown = Object.keys(this.#object()).find((name) => !names.includes(name as T));
    if (unknown !== undefined) {
      throw new Error(`${this.#path}.${unknown}: unknown field`);
    }
    return Object.fromEntries(names.map((name) => [name, this.field(name)])) as Record<T, Checker>;
  }

  list<T>(item: (value: Checker) => T): T[] {
    if (!Array.isArray(this.#value)) {
      return this.#refuse('a list');
    }
    return this.#value.map((value, index) => item(new Checker(`${this.#path}[${String(index)}]`, value)));
  }

  text(pattern: RegExp): string {
    return typeof this.#value === 'string' && pattern.test(this.#value)
      ? this.#value
      : this.#refuse(`text like ${String(pattern)}`);
  }

  wholeNumber(min: number, max: number): number {
    return typeof this.#value === 'number' && Number.isInteger(this.#value) && this.#value >= min && this.#value <= max
      ? this.#value
      : this.#refuse(`a whole number from ${String(min)} to ${String(max)}`);
  }

  yesNo(): boolean {
    return typeof this.#value === 'boolean' ? this.#value : this.#refuse('true or false');
  }

  oneOf<const T extends string>(...choices: T[]): T {
    return choices.find((choice) => choice === this.#value) ?? this.#refuse(choices.join(' or '));
  }

  #object(): Record<string, unknown> {
    return typeof this.#value === 'object' && this.#value !== null && !Array.isArray(this.#value)
      ? (this.#value as Record<string, unknown>)
      : this.#refuse('an object');
  }

  #refuse(expected: string): never {
    throw new Error(`${this.#path}: expected ${expected}, got ${this.absent ? 'nothing' : JSON.stringify(this.#value)}`);
  }
}
