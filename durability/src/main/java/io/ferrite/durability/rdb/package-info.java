/**
 * The RDB format: files, full syncs and DUMP payloads. {@link RdbWriter} and {@link RdbReader} know
 * a whole file, {@link DumpPayload} one value; {@link RdbOutput} and {@link RdbInput} know lengths,
 * strings and the checksum; the codecs know the values.
 */
package io.ferrite.durability.rdb;
