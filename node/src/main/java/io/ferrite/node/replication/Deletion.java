package io.ferrite.node.replication;

import io.ferrite.coordination.log.CommandLog;
import io.ferrite.coordination.replication.Wire;
import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.SharedSlab;
import io.ferrite.node.persistence.ExpiredKeys;
import java.nio.charset.StandardCharsets;

/** The removal of a key that a load has dropped, for those who still have it. */
final class Deletion {

    private static final byte[] DEL = "DEL".getBytes(StandardCharsets.US_ASCII);

    private Deletion() {}

    static void log(CommandLog log, ExpiredKeys.Key key) {
        byte[] command = Wire.encode(DEL, key.name());
        long room = SharedSlab.take(command.length, MemoryTag.LOG);
        Memory.copyIn(command, 0, room, command.length);
        log.append(key.database(), room, command.length, key.database());
        SharedSlab.give(room, command.length, MemoryTag.LOG);
    }
}
