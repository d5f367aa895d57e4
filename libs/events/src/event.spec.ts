import { describe, expect, it } from '@jest/globals';
import { excerptOf, MAX_EXCERPT_BYTES, prefixOf, toEvent, toFields } from './event.js';

const toMap = (fields: readonly string[]): Map<string, string> =>
  new Map(fields.flatMap((field, index) => (index % 2 === 0 ? [[field, fields[index + 1] ?? '']] : [])));

describe(excerptOf, () => {
  it('returns a short text as a whole', () => {
    expect(excerptOf(['a', 'ü'])).toEqual({ transcript: 'a ü', bytes: 4 });
    expect(excerptOf(['x'.repeat(MAX_EXCERPT_BYTES)]).transcript).toHaveLength(MAX_EXCERPT_BYTES);
  });

  it.each(['é', '✓', '🎬'])('cuts a long text of %s within no character', (character) => {
    for (let ascii = 0; ascii < 4; ascii++) {
      const chunks = ['x'.repeat(ascii), character.repeat(MAX_EXCERPT_BYTES), 'tail'];
      const { transcript, bytes } = excerptOf(chunks);
      expect(bytes).toBe(Buffer.byteLength(chunks.join(' ')));
      expect(chunks.join(' ').startsWith(transcript)).toBe(true);
      expect(Buffer.byteLength(transcript)).toBeGreaterThan(MAX_EXCERPT_BYTES - 4);
      expect(Buffer.byteLength(transcript)).toBeLessThanOrEqual(MAX_EXCERPT_BYTES);
    }
  });
});

describe(prefixOf, () => {
  it('is empty where not one character fits', () => {
    expect(prefixOf(Buffer.from('🎬'), 3)).toBe('');
  });
});

describe('an entry of the stream', () => {
  const event = {
    type: 'transcript_appended',
    sessionId: 's',
    tenantId: 't',
    transcript: 'x',
    timestamp: 'now',
  } as const;

  it('has the five documented fields, and more only where the text goes on elsewhere', () => {
    expect(toFields(event).filter((_, index) => index % 2 === 0)).toEqual([
      'event_type',
      'session_id',
      'tenant_id',
      'transcript',
      'timestamp',
    ]);
    const reference = { bytes: 9_000, firstChunk: 3, lastChunk: 4 };
    expect(toEvent('1-0', toMap(toFields({ ...event, reference })))).toEqual({
      ...event,
      id: '1-0',
      reference,
    });
  });

  it('of another program is read alike', () => {
    expect(toEvent('1-0', toMap(toFields(event)))).toEqual({ ...event, id: '1-0' });
    const odd = new Map([
      ['transcript_bytes', '-1'],
      ['chunks_from', 'x'],
    ]);
    expect(toEvent('1-0', odd)).toEqual({
      id: '1-0',
      type: '',
      sessionId: '',
      tenantId: 'default',
      transcript: '',
      timestamp: '',
    });
  });
});
