import * as z from 'zod';
import { refuseConfig, whole } from './forms.ts';

export const mediaVariables = {
  MEDIA_FOLDER: z.string().default('flashsale-media'),
  S3_BUCKET: z
    .string()
    .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'must be the name of a bucket')
    .optional(),
  S3_REGION: z.string().default('us-east-1'),
  S3_ENDPOINT: z.url({ protocol: /^https?$/, error: 'must look like http://host:port' }).optional(),
  S3_ACCESS_KEY_ID: z.string().optional(),
  S3_SECRET_ACCESS_KEY: z.string().optional(),
  MEDIA_BASE_URL: z
    .url({ protocol: /^https?$/, error: 'must look like https://cdn.example' })
    .transform((url) => url.replace(/\/+$/, ''))
    .optional(),
  MEDIA_TIMEOUT_MS: whole(1, 15_000).default(3_000),
  IMAGE_BYTES_MAX: whole(1, 30_000_000).default(5_000_000),
};

export interface MediaConfig {
  /** The bucket that keeps the images; absent: the folder does. */
  s3?: {
    bucket: string;
    region: string;
    /** The address of a store that speaks S3; absent: that of AWS. */
    endpoint?: string;
    /** Absent: the client looks for them where AWS puts them. */
    credentials?: { accessKeyId: string; secretAccessKey: string };
  };
  /** The same for all instances. It is made with the first image. */
  mediaFolder: string;
  /** The address of a CDN in front of the bucket or of this server; absent: images have paths of this server. */
  mediaBaseUrl?: string;
  /** The time that the object store has for a call. */
  mediaTimeoutMs: number;
  /** The largest file that is taken as an image. */
  imageBytesMax: number;
}

/** @throws UserError (exit 2) for half of the credentials, or for settings of a bucket without a bucket */
export function readMedia(read: z.output<z.ZodObject<typeof mediaVariables>>): MediaConfig {
  const { S3_BUCKET: bucket, S3_ENDPOINT: endpoint, S3_REGION: region } = read;
  const { S3_ACCESS_KEY_ID: accessKeyId, S3_SECRET_ACCESS_KEY: secretAccessKey } = read;
  if ((accessKeyId === undefined) !== (secretAccessKey === undefined)) {
    throw refuseConfig(
      ['S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY are of use only together'],
      'set both or neither',
    );
  }
  if (bucket === undefined && (endpoint !== undefined || accessKeyId !== undefined)) {
    throw refuseConfig(
      ['there are settings of S3 without S3_BUCKET'],
      'name the bucket, or leave out S3_ENDPOINT and the keys to keep images in MEDIA_FOLDER',
    );
  }
  const credentials =
    accessKeyId === undefined || secretAccessKey === undefined
      ? undefined
      : { accessKeyId, secretAccessKey };
  return {
    s3: bucket === undefined ? undefined : { bucket, region, endpoint, credentials },
    mediaFolder: read.MEDIA_FOLDER,
    mediaBaseUrl: read.MEDIA_BASE_URL,
    mediaTimeoutMs: read.MEDIA_TIMEOUT_MS,
    imageBytesMax: read.IMAGE_BYTES_MAX,
  };
}
