"""Loads a file as one of the product's peers does, as its own documentation shows it: peers.py TOOL FILE OUT.

Types are told or guessed; nothing is checked. The last line printed is the number of rows that arrived."""
import sys

tool, file, out = sys.argv[1:]
identity = "person"  # digits and X: text


def duckdb():
    import duckdb
    db = duckdb.connect(out)
    db.execute(f"create table t as select * from read_csv('{file}', types={{'{identity}': 'VARCHAR', 'education': 'VARCHAR'}})")
    return db.execute("select count(*) from t").fetchone()[0]


def polars_eager():
    import polars
    t = polars.read_csv(file, schema_overrides={identity: polars.String, "education": polars.String}, try_parse_dates=True)
    t.write_parquet(out)
    return t.height


def polars_lazy():
    import polars
    polars.scan_csv(file, schema_overrides={identity: polars.String, "education": polars.String}, try_parse_dates=True).sink_parquet(out)
    return polars.scan_parquet(out).select(polars.len()).collect().item()


def pandas():
    import pandas
    t = pandas.read_csv(file, dtype={identity: str, "education": str}, parse_dates=["date"])
    t.to_parquet(out)
    return len(t)


def chdb():
    from chdb import session
    s = session.Session(out)
    s.query("create database d")
    s.query(f"create table d.t engine=MergeTree order by (node, date) as select * from file('{file}', 'CSVWithNames', 'person String, date Date32, direction LowCardinality(String), province LowCardinality(String), country LowCardinality(String), education LowCardinality(String), channel LowCardinality(String), employment LowCardinality(String), enterprise LowCardinality(String), node LowCardinality(String), occupation LowCardinality(String), skill_level Int8, salary Float64, headcount Int32, birth_year Int16, note String')")
    return int(str(s.query("select count() from d.t", "TSV")))


def dlt():
    import os

    import dlt
    import pyarrow.csv

    os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"

    @dlt.resource(name="t")
    def batches():
        with pyarrow.csv.open_csv(file, convert_options=pyarrow.csv.ConvertOptions(column_types={identity: "string", "education": "string"})) as r:
            for b in r:
                yield b

    p = dlt.pipeline(pipeline_name="bench", pipelines_dir=out + ".p", destination=dlt.destinations.duckdb(out), dataset_name="d")
    p.run(batches())
    with p.sql_client() as c:
        return c.execute_sql("select count(*) from t")[0][0]


def polars_excel():
    import polars
    t = polars.read_excel(file)
    t.write_parquet(out)
    return t.height


def calamine():
    import python_calamine
    sheet = python_calamine.CalamineWorkbook.from_path(file).get_sheet_by_index(0)
    return sum(1 for _ in sheet.iter_rows()) - 1


def openpyxl():
    import openpyxl
    sheet = openpyxl.load_workbook(file, read_only=True).active
    sheet.reset_dimensions()  # a sheet that was written as a stream does not say how far it goes
    return sum(1 for _ in sheet.iter_rows(values_only=True)) - 1


def pandas_excel():
    import pandas
    t = pandas.read_excel(file, engine="calamine", dtype={identity: str})
    t.to_parquet(out)
    return len(t)


print(globals()[tool]())
