package io.ferrite.node.snapshot;

import io.ferrite.durability.aof.CommandEncoder;
import io.ferrite.durability.rdb.Capture;
import io.ferrite.durability.rdb.RdbOutput;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Commands that make the entries again, for the base of an append-only file. */
final class CommandsEncoder implements SnapshotEncoder {

    private final RdbOutput output;
    private final CommandEncoder commands;
    private final long second;

    /**
     * @param second the time that the commands begin with, or -1 for none
     */
    CommandsEncoder(Capture capture, long second) {
        this.output = new RdbOutput(capture, 0);
        this.commands = new CommandEncoder(output);
        this.second = second;
    }

    @Override
    public void begin(int version, Map<String, String> fields, List<byte[]> libraries)
            throws IOException {
        if (second >= 0) {
            commands.time(second);
        }
        for (byte[] code : libraries) {
            commands.function(code);
        }
    }

    @Override
    public void database(int index, long keys, long volatileKeys) {}

    @Override
    public long open() {
        return commands.open();
    }

    @Override
    public boolean entry(int database, long entry) throws IOException {
        return commands.begin(database, entry);
    }

    @Override
    public void goOnWith(long entry) {
        commands.goOnWith(entry);
    }

    @Override
    public boolean step() throws IOException {
        return commands.step();
    }

    @Override
    public void finish() throws IOException {
        commands.finish();
    }

    @Override
    public void flush() throws IOException {
        output.flush();
    }

    @Override
    public void forgetDatabase() {
        commands.forgetDatabase();
    }

    @Override
    public void end(RdbOutput whole) throws IOException {
        whole.flush();
    }

    @Override
    public long written() {
        return output.written();
    }

    @Override
    public void close() {
        commands.close();
        output.close();
    }
}
