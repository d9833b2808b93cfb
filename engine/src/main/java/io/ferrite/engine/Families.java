package io.ferrite.engine;

import io.ferrite.engine.bitmap.BitmapCommands;
import io.ferrite.engine.connection.ConnectionCommands;
import io.ferrite.engine.generic.DatabaseCommands;
import io.ferrite.engine.generic.ExpiryCommands;
import io.ferrite.engine.generic.KeyCommands;
import io.ferrite.engine.generic.ObjectCommands;
import io.ferrite.engine.generic.RenameCommands;
import io.ferrite.engine.generic.ScanCommands;
import io.ferrite.engine.geo.GeoCommands;
import io.ferrite.engine.hash.HashCommands;
import io.ferrite.engine.hyperloglog.HyperLogLogCommands;
import io.ferrite.engine.list.ListCommands;
import io.ferrite.engine.pubsub.PubSubCommands;
import io.ferrite.engine.server.CommandCommands;
import io.ferrite.engine.set.SetCommands;
import io.ferrite.engine.sort.SortCommand;
import io.ferrite.engine.stream.StreamCommands;
import io.ferrite.engine.string.StringCommands;
import io.ferrite.engine.transaction.TransactionCommands;
import io.ferrite.engine.zset.ZsetCommands;

/** The command families of the engine: the one list of them. A new family is entered here. */
public final class Families {

    private Families() {}

    /** Binds every command that needs nothing but the engine. */
    public static void register(CommandTable.Builder table) {
        BitmapCommands.register(table);
        CommandCommands.register(table);
        ConnectionCommands.register(table);
        DatabaseCommands.register(table);
        ExpiryCommands.register(table);
        GeoCommands.register(table);
        HyperLogLogCommands.register(table);
        HashCommands.register(table);
        KeyCommands.register(table);
        ListCommands.register(table);
        ObjectCommands.register(table);
        PubSubCommands.register(table);
        RenameCommands.register(table);
        ScanCommands.register(table);
        SortCommand.register(table);
        SetCommands.register(table);
        StreamCommands.register(table);
        StringCommands.register(table);
        TransactionCommands.register(table);
        ZsetCommands.register(table);
    }
}
