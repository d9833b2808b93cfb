package io.ferrite.durability.aof;

/**
 * One file of the append-only file.
 *
 * @param sequence counts from 1, bases and incremental files each by themselves
 */
public record AofPart(String name, long sequence, Kind kind) {

    /** What a file is for; the letter is that of the manifest. */
    public enum Kind {
        BASE('b'),
        HISTORY('h'),
        INCREMENT('i');

        private final char letter;

        Kind(char letter) {
            this.letter = letter;
        }

        /** The kind of a letter, or null. */
        static Kind of(char letter) {
            for (Kind kind : values()) {
                if (kind.letter == letter) {
                    return kind;
                }
            }
            return null;
        }
    }

    static AofPart base(String name, long sequence, boolean rdb) {
        String file = name + "." + sequence + ".base." + (rdb ? "rdb" : "aof");
        return new AofPart(file, sequence, Kind.BASE);
    }

    static AofPart increment(String name, long sequence) {
        return new AofPart(name + "." + sequence + ".incr.aof", sequence, Kind.INCREMENT);
    }

    /** Whether it holds what was written, and not what a rewrite made; of a history file too. */
    public boolean isIncrement() {
        return kind == Kind.INCREMENT || name.endsWith(".incr.aof");
    }

    AofPart as(Kind other) {
        return new AofPart(name, sequence, other);
    }

    void append(StringBuilder text) {
        text.append("file ").append(ManifestWords.quoted(name));
        text.append(" seq ").append(sequence).append(" type ").append(kind.letter).append('\n');
    }
}
