import InglenookTest

RowsModel {}
