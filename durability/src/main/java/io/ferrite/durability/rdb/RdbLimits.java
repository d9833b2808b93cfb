package io.ferrite.durability.rdb;

import io.ferrite.store.value.ListSettings;
import io.ferrite.store.value.PackedLimits;
import io.ferrite.store.value.SetLimits;

/** How values that are read take form: the thresholds of the configuration. */
public record RdbLimits(
        ListSettings lists, SetLimits sets, PackedLimits hashes, PackedLimits zsets) {

    public static final RdbLimits DEFAULT =
            new RdbLimits(
                    ListSettings.DEFAULT, SetLimits.DEFAULT, PackedLimits.HASH, PackedLimits.ZSET);
}
