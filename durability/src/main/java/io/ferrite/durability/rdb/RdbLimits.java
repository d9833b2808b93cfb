package io.ferrite.durability.rdb;

import io.ferrite.store.value.ListSettings;

/** How values that are read take form: the thresholds of the configuration. */
public record RdbLimits(ListSettings lists) {

    public static final RdbLimits DEFAULT = new RdbLimits(ListSettings.DEFAULT);
}
