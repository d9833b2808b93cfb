package io.ferrite.node.cluster;

import io.ferrite.engine.ExecutionUnit;

/** CLUSTER HELP. */
final class ClusterHelp {

    private static final String[] LINES = {
        "ADDSLOTS <slot> [<slot> ...]",
        "    Makes this node serve the slots.",
        "ADDSLOTSRANGE <first> <last> [<first> <last> ...]",
        "    Makes this node serve all slots of the ranges.",
        "BUMPEPOCH",
        "    Gives this node's slots a newer configuration epoch.",
        "CANCELSLOTMIGRATIONS",
        "    Ends the moves of slots from this node that have not come too far.",
        "COUNT-FAILURE-REPORTS <node-id>",
        "    Tells how many masters say that the node fails.",
        "COUNTKEYSINSLOT <slot>",
        "    Tells how many keys this node holds in the slot.",
        "DELSLOTS <slot> [<slot> ...]",
        "    Forgets who serves the slots.",
        "DELSLOTSRANGE <first> <last> [<first> <last> ...]",
        "    Forgets who serves the slots of the ranges.",
        "FAILOVER [FORCE|TAKEOVER]",
        "    Makes this replica the master: with its help, without it, without a vote.",
        "FLUSHSLOT <slot> [ASYNC|SYNC]",
        "    Removes the keys of a slot.",
        "FLUSHSLOTS",
        "    Forgets all slots of this node, which must be empty.",
        "FORGET <node-id>",
        "    Removes a node from what this node knows.",
        "GETKEYSINSLOT <slot> <count>",
        "    Lists keys of this node in the slot.",
        "GETSLOTMIGRATIONS",
        "    Lists moves of slots to and from this node, past ones too.",
        "INFO",
        "    Tells how the cluster is.",
        "KEYSLOT <key>",
        "    Tells the slot of a key.",
        "LINKS",
        "    Lists the connections with other nodes.",
        "MEET <ip> <port> [<bus-port>]",
        "    Joins the nodes of another cluster.",
        "MIGRATESLOTS SLOTSRANGE <first> <last> [...] NODE <node-id> [...]",
        "    Moves slots with their keys to other nodes.",
        "MIGRATION IMPORT <first> <last> [<first> <last> ...]",
        "    Has slots of another node with their keys moved here; tells the task's id.",
        "MIGRATION (CANCEL|STATUS) (ID <task-id>|ALL)",
        "    Ends or lists such tasks, and moves from here.",
        "MYID",
        "    Tells this node's id.",
        "MYSHARDID",
        "    Tells the id of this node's shard.",
        "NODES",
        "    Lists the nodes and their slots.",
        "REBALANCE PLAN",
        "    Tells which slots would go where for all masters to bear the same.",
        "REPLICAS <node-id>",
        "    Lists the replicas of a node.",
        "REPLICATE <node-id>",
        "    Makes this node a replica of a master.",
        "RESET [HARD|SOFT]",
        "    Makes this node forget the cluster; HARD gives it a new id.",
        "SAVECONFIG",
        "    Writes nodes.conf.",
        "SET-CONFIG-EPOCH <epoch>",
        "    Sets the configuration epoch of a node that knows no other.",
        "SETSLOT <slot> (IMPORTING <node-id>|MIGRATING <node-id>|NODE <node-id>|STABLE)",
        "    Sets the state of a slot.",
        "SHARDS",
        "    Lists the shards with their slots and nodes.",
        "SLOT-STATS (SLOTSRANGE <first> <last>|ORDERBY <metric> [LIMIT <n>] [ASC|DESC])",
        "    Tells what is in this node's slots and what their commands cost.",
        "SLOTS",
        "    Lists the ranges of slots with their nodes."
    };

    private ClusterHelp() {}

    static void help(ExecutionUnit unit) {
        unit.replyHelp("CLUSTER", LINES);
    }
}
