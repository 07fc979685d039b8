import InglenookTest

RowsModel {
    enum Author { User, Assistant }
}
