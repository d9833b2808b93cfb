package io.ferrite.coordination.cluster.bus;

import io.ferrite.coordination.cluster.SlotSet;

/**
 * Where things lie in a message. Numbers are big-endian.
 *
 * <pre>
 *      0  "RCmb"                     2168  ip announced, 46
 *      4  length of all, 4           2214  number of extensions, 2
 *      8  version 1, 2               2216  spare, 30
 *     10  port, 2                    2246  second port, 2
 *     12  type, 2                    2248  bus port, 2
 *     14  gossip entries, 2          2250  flags, 2
 *     16  current epoch, 8           2252  state: 0 serves, 1 does not
 *     24  configuration epoch, 8     2253  marks, 3
 *     32  replication offset, 8      2256  the body
 *     40  sender, 40
 *     80  slots, 2048
 *   2128  master, 40
 *
 *   a gossip entry of 104 bytes
 *      0  id, 40                       48  ip, 46           98  flags, 2
 *     40  ping sent, 4                 94  port, 2         100  second port, 2
 *     44  pong received, 4             96  bus port, 2     102  spare, 2
 *
 *   an extension
 *      0  length with this, 4           4  type, 2          6  spare, 2         8  data, to 8 bytes
 * </pre>
 *
 * The port is that of clients of the kind that the bus is: with TLS or without; the second port is
 * the other kind's.
 */
final class Layout {

    static final int SIGNATURE = 'R' << 24 | 'C' << 16 | 'm' << 8 | 'b';
    static final int VERSION_NUMBER = 1;

    static final int TOTAL = 4;
    static final int VERSION = 8;
    static final int PORT = 10;
    static final int TYPE = 12;
    static final int COUNT = 14;
    static final int CURRENT_EPOCH = 16;
    static final int CONFIG_EPOCH = 24;
    static final int OFFSET = 32;
    static final int SENDER = 40;
    static final int SLOTS = 80;
    static final int MASTER = SLOTS + SlotSet.BYTES;
    static final int IP = 2168;
    static final int EXTENSIONS = 2214;
    static final int SECOND_PORT = 2246;
    static final int BUS_PORT = 2248;
    static final int FLAGS = 2250;
    static final int STATE = 2252;
    static final int MARKS = 2253;
    static final int BODY = 2256;

    static final int ENTRY_BYTES = 104;
    static final int ENTRY_PING = 40;
    static final int ENTRY_PONG = 44;
    static final int ENTRY_IP = 48;
    static final int ENTRY_PORT = 94;
    static final int ENTRY_BUS_PORT = 96;
    static final int ENTRY_FLAGS = 98;
    static final int ENTRY_SECOND_PORT = 100;

    static final int EXTENSION_HEAD = 8;
    static final int HOST_NAME = 0;
    static final int NODE_NAME = 1;
    static final int FORGOTTEN = 2;
    static final int SHARD_ID = 3;

    /** Lengths of a channel and a message, before them. */
    static final int PUBLISH_HEAD = 8;

    static final int UPDATE_BYTES = 8 + Identifiers.LENGTH + SlotSet.BYTES;

    /** The module's number, the length and the kind of its message. */
    static final int MODULE_HEAD = 13;

    private Layout() {}
}
