import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { NdjsonFile } from './ndjson-file.js';

describe(NdjsonFile.name, () => {
  let folder: string;
  let path: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'marquee-ndjson-'));
    path = join(folder, 'lines.ndjson');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const text = (): string => readFileSync(path, 'utf8');

  it('keeps the lines of several writers apart', async () => {
    const files = Array.from({ length: 4 }, () => new NdjsonFile(path));
    const expected: string[] = [];
    const appends = files.flatMap((file, writer) =>
      Array.from({ length: 25 }, (_, index) => {
        const line = `${writer}-${index}-${'x'.repeat(10_000)}`;
        expected.push(line);
        return file.append(line);
      }),
    );
    await Promise.all(appends);
    const lines = text().split('\n');
    expect(lines.pop()).toBe('');
    expect(lines.filter((line) => line !== '').toSorted()).toEqual(expected.toSorted());
  });

  it('terminates a line that a crash has torn, so that the next one does not run into it', async () => {
    writeFileSync(path, '{"id":1}\n{"id":2,"transc');
    const file = new NdjsonFile(path);
    await file.append('{"id":2}');
    await file.append('{"id":3}');
    expect(text()).toBe('{"id":1}\n{"id":2,"transc\n{"id":2}\n{"id":3}\n');
  });

  it('waits for another writer that is in the middle of its line', async () => {
    writeFileSync(path, '{"id":1,');
    const appended = new NdjsonFile(path).append('{"id":2}');
    setTimeout(() => appendFileSync(path, '"a":1}\n'), 50);
    await appended;
    expect(text()).toBe('{"id":1,"a":1}\n{"id":2}\n');
  });

  it('fails with the cause while the folder is missing, and works once it is there', async () => {
    const inside = join(folder, 'later', 'lines.ndjson');
    const file = new NdjsonFile(inside);
    await expect(file.append('one')).rejects.toMatchObject({ code: 'ENOENT' });
    mkdirSync(join(folder, 'later'));
    await file.append('one');
    expect(readFileSync(inside, 'utf8')).toBe('one\n');
  });

  it('fails with the cause on a device that is full', async () => {
    await expect(new NdjsonFile('/dev/full').append('one')).rejects.toMatchObject({ code: 'ENOSPC' });
  });
});
