import { describe, expect, it } from '@jest/globals';
import { excerptOf, MAX_EXCERPT_BYTES, prefixOf, toEvent } from './event.js';

describe(excerptOf, () => {
  it('returns a short text as a whole', () => {
    expect(excerptOf(['a', 'ü'])).toEqual({ transcript: 'a ü', bytes: 4 });
    expect(excerptOf(['x'.repeat(MAX_EXCERPT_BYTES)]).transcript).toHaveLength(MAX_EXCERPT_BYTES);
  });

  it.each(['é', '✓', '🎬'])('truncates a long text of %s at a character boundary', (character) => {
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
  it('returns an empty text if no character fits', () => {
    expect(prefixOf(Buffer.from('🎬'), 3)).toBe('');
  });
});

describe(toEvent, () => {
  const fields = new Map([
    ['event_type', 'transcript_appended'],
    ['session_id', 's'],
    ['tenant_id', 't'],
    ['transcript', 'x'],
    ['timestamp', 'now'],
  ]);
  const event = {
    id: '1-0',
    type: 'transcript_appended',
    sessionId: 's',
    tenantId: 't',
    transcript: 'x',
    timestamp: 'now',
  };

  it('decodes the five documented fields, and a reference if the entry has one', () => {
    expect(toEvent('1-0', fields)).toEqual(event);
    const reference = new Map([
      ['transcript_bytes', '9000'],
      ['chunks_from', '3'],
      ['chunks_to', '4'],
    ]);
    expect(toEvent('1-0', new Map([...fields, ...reference]))).toEqual({
      ...event,
      reference: { bytes: 9_000, firstChunk: 3, lastChunk: 4 },
    });
  });

  it('uses defaults for fields that another program left out or wrote differently', () => {
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
