package io.ferrite.durability.rdb;

import io.ferrite.store.value.ListSettings;
import io.ferrite.store.value.PackedLimits;

/** How values that are read take form: the thresholds of the configuration. */
public record RdbLimits(ListSettings lists, PackedLimits zsets) {

    public static final RdbLimits DEFAULT = 
            new RdbLimits(ListSettings.DEFAULT, new PackedLimits(128, 64));
}
