package io.ferrite.conformance;

import java.util.ArrayList;
import java.util.List;

/** The command groups: the one list of them. A new family is entered here. */
final class Groups {

    private static final List<CommandGroup> ALL =
            List.of(
                    new StringGroup(),
                    new GenericGroup(),
                    new ListGroup(),
                    new SetGroup(),
                    new HashGroup(),
                    new StreamsGroup(),
                    new BitmapGroup(),
                    new HyperLogLogGroup(),
                    new SortedSetGroup(),
                    new GeoGroup());

    private Groups() {}

    /** All of them, or those that {@code -Dferrite.fuzz.groups=StringGroup,...} names. */
    static List<CommandGroup> chosen() {
        String wanted = System.getProperty("ferrite.fuzz.groups", "");
        List<CommandGroup> chosen = new ArrayList<>(ALL);
        if (!wanted.isEmpty()) {
            chosen.removeIf(group -> !wanted.contains(group.getClass().getSimpleName()));
        }
        return chosen;
    }

    /**
     * The groups of one episode. Lists and sets take turns: SORT of a set leaves elements that are
     * equal to it in the order in which the server happens to keep them, which no two servers
     * share.
     */
    static List<CommandGroup> ofEpisode(long seed) {
        List<CommandGroup> groups = chosen();
        Class<?> absent = (seed & 1) == 0 ? ListGroup.class : SetGroup.class;
        if (groups.size() > 1) {
            groups.removeIf(absent::isInstance);
        }
        return groups;
    }
}
