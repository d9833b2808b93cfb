package io.ferrite.node.persistence.aof;

/**
 * A run of the log's bytes in a file of the append-only file.
 *
 * @param name what the list of files calls the file
 * @param offset the log's position of its first byte
 * @param place where that byte is in the file
 */
record AofSpan(String name, long offset, long place, long length) {

    /** The log's position behind its last byte. */
    long end() {
        return offset + length;
    }

    /** Whether such bytes come right behind these, in the log and in the file. */
    boolean goesOnWith(String otherName, long otherOffset, long otherPlace) {
        return otherOffset == end() && otherPlace == place + length && otherName.equals(name);
    }

    AofSpan longer(long more) {
        return new AofSpan(name, offset, place, length + more);
    }
}
