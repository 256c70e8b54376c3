import { afterEach, beforeEach, jest } from '@jest/globals';

/** Keeps from the terminal what each spec of the file prints. @returns what the present one has printed so far */
export function capturedOutput(): () => string {
  let output: string;
  beforeEach(() => {
    output = '';
    jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
      output += text as string;
      return true;
    });
  });
  afterEach(() => void jest.restoreAllMocks());
  return () => output;
}
