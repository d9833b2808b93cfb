package io.ferrite.node.snapshot;

import io.ferrite.durability.rdb.Capture;
import io.ferrite.durability.rdb.EntryWriter;
import io.ferrite.durability.rdb.RdbOutput;
import io.ferrite.durability.rdb.RdbWriter;
import io.ferrite.store.AccessClock;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** The RDB format. */
final class RdbEncoder implements SnapshotEncoder {

    private final RdbOutput output;
    private final RdbWriter writer;
    private final EntryWriter entries;

    RdbEncoder(Capture capture, AccessClock clock, SnapshotStream.Form form) {
        this.output = new RdbOutput(capture, form.compressUpTo());
        this.writer = new RdbWriter(output);
        this.entries = new EntryWriter(writer, clock, form.access());
    }

    @Override
    public void begin(int version, Map<String, String> fields, List<byte[]> libraries)
            throws IOException {
        writer.header(version);
        for (Map.Entry<String, String> field : fields.entrySet()) {
            writer.aux(field.getKey(), field.getValue());
        }
        for (byte[] code : libraries) {
            writer.function(code);
        }
    }

    @Override
    public void database(int index, long keys, long volatileKeys) throws IOException {
        entries.database(index, keys, volatileKeys);
    }

    @Override
    public long open() {
        return entries.open();
    }

    @Override
    public boolean entry(int database, long entry) throws IOException {
        return entries.begin(database, entry);
    }

    @Override
    public void goOnWith(long entry) {
        entries.goOnWith(entry);
    }

    @Override
    public boolean step() throws IOException {
        return entries.step();
    }

    @Override
    public void finish() throws IOException {
        entries.finish();
    }

    @Override
    public void flush() throws IOException {
        output.flush();
    }

    @Override
    public void forgetDatabase() {
        entries.forgetDatabase();
    }

    @Override
    public void end(RdbOutput whole) throws IOException {
        new RdbWriter(whole).end();
    }

    @Override
    public long written() {
        return output.written();
    }

    @Override
    public void close() {
        output.close();
    }
}
