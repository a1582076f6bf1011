import * as z from 'zod';
import type { Endpoint } from '../http/description/endpoint.ts';

export const mediaEndpoints: Endpoint[] = [
  {
    method: 'get',
    path: '/images/:file',
    tag: 'Events',
    summary: 'Get an image, or a part of it. It never changes',
    access: 'public',
    params: z.object({ file: z.string().describe('The id of an image, and `.webp`.') }),
    headers: z.object({
      range: z.string().optional().describe('One range of bytes, as `bytes=0-1023`.'),
      'if-range': z
        .string()
        .optional()
        .describe('The ETag of the rest: where it is another one, the whole image is the answer.'),
    }),
    isCacheable: true,
    contentType: 'image/webp',
    answers: { 200: undefined, 206: undefined },
    refusals: ['NOT_FOUND', 'RANGE_NOT_SATISFIABLE'],
  },
];
