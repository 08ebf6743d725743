/** Where records of traces go when traces are on: to OpenTelemetry's own form, written and sent without its library. */
import { createOtlpSender, type OtlpSender, type OtlpSenderOptions } from './otlp-sender';
import { OtlpWriter, type OtlpWriterOptions } from './otlp-writer';

export interface OtlpOptions extends OtlpSenderOptions, OtlpWriterOptions {}

export function openOtlp(options: OtlpOptions): OtlpSender {
  return createOtlpSender(options, new OtlpWriter(options));
}
