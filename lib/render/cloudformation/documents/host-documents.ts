/** The content of every document of one service's host, by its key in the catalog. */
import type { DocumentKey } from '../../../catalog/documents';
import { collectDiagnosticsDocument } from './collect-diagnostics';
import type { CommandDocument } from './command-document';
import { deployReleaseDocument } from './deploy-release';
import { freeDiskDocument } from './free-disk';
import { restartServiceDocument } from './restart-service';
import { rollbackReleaseDocument } from './rollback-release';
import { serveFromCacheDocument } from './serve-from-cache';

export function hostDocuments(service: string): Readonly<Record<DocumentKey, CommandDocument>> {
  return {
    restartService: restartServiceDocument(),
    deployRelease: deployReleaseDocument(service),
    rollbackRelease: rollbackReleaseDocument(service),
    collectDiagnostics: collectDiagnosticsDocument(service),
    freeDisk: freeDiskDocument(service),
    serveFromCache: serveFromCacheDocument(service),
  };
}
