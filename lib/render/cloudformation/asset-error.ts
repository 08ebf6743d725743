/** Something the user gave for an asset is missing; told without a stack trace. Alone here, so that telling loads no bundler. */

export class AssetError extends Error {}
