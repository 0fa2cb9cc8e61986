"""A small file to try an import with, dirty on purpose: a row without its id, and an id twice with other content."""

NAME = "sample-accounts.csv"

TEXT = """Customer ID,Customer name,Website,Industry,Employees,Customer since,Contract value
C-1001,Marrow & Pine,marrowpine.example,Retail,120,2023-04-01,18000.00
C-1002,Teal Harbor Freight,tealharbor.example,Logistics,2300,2021-11-15,96500.00
C-1003,Quill Works,quillworks.example,Publishing,48,2024-02-29,7200.00
  ,Osprey Clinics,ospreyclinics.example,Health care,640,2022-03-01,41000.00
C-1005,Lantern Labs,lanternlabs.example,Software,85,2025-01-20,12400.00
C-1005,Lantern Labs,lanternlabs.example,Software,92,2025-01-20,12400.00
C-1006,Basalt Mining,basaltmining.example,Mining,5100,2020-06-30,250000.00
"""
